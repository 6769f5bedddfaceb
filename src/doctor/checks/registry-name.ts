import { readConfig } from "../../config/read.ts";
import { almostEcrProblem, hostRegionProblem } from "../../config/region-names.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, failedBy, ok } from "./finding.ts";

/** Whether the host is one of Amazon ECR's. */
export const registryName: RegistryDiagnostic = {
  name: "registry-name",
  scope: "registry",
  look: async ({ subject, machine }) => {
    if (subject.kind === "ecr") {
      const { registry } = subject;
      if (registry.kind === "public") return ok("Amazon ECR Public");
      const problem = hostRegionProblem(registry);
      if (problem) return failed("NOT_ECR", `${registry.host}: ${problem.what}`, problem.fix);
      const more = `${registry.fips ? ", FIPS" : ""}${registry.dualStack ? ", dual-stack" : ""}`;
      return ok(`account ${registry.account}, ${registry.region}, partition ${registry.partition}${more}`);
    }
    const { host } = subject;
    try {
      await readConfig(machine.folders.configFile);
    } catch (error) {
      const finding = failedBy(error);
      return { ...finding, seen: `whether ${host} is an alias can't be told: ${finding.seen}` };
    }
    return judgeOther(host);
  },
};

function judgeOther(host: string): Finding {
  const almost = almostEcrProblem(host);
  const fix =
    "ECR's are ACCOUNT.dkr.ecr.REGION.amazonaws.com; list another name for one under aliases in config.yaml";
  return failed(
    "NOT_ECR",
    `${host} is not a name of Amazon ECR's${almost ? `: ${almost.what}` : ", so no ECR token is given out for it"}`,
    almost?.fix ?? fix,
  );
}
