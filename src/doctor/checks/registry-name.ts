import { readConfig } from "../../config/read.ts";
import { almostEcrProblem, hostRegionProblem } from "../../config/region-names.ts";
import type { RegistryDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, failedBy, ok } from "./finding.ts";

/** Whether the host is an Amazon ECR registry. */
export const registryName: RegistryDiagnostic = {
  name: "registry-name",
  scope: "registry",
  look: async ({ target, machine }) => {
    if (target.kind === "ecr") {
      const { registry } = target;
      if (registry.kind === "public") return ok("Amazon ECR Public");
      const problem = hostRegionProblem(registry);
      if (problem) return failed("NOT_ECR", `${registry.host}: ${problem.what}`, problem.fix);
      const more = `${registry.fips ? ", FIPS" : ""}${registry.dualStack ? ", dual-stack" : ""}`;
      return ok(`account ${registry.account}, ${registry.region}, partition ${registry.partition}${more}`);
    }
    const { host } = target;
    try {
      await readConfig(machine.folders);
    } catch (error) {
      const finding = failedBy(error);
      return { ...finding, seen: `it is unknown whether ${host} is an alias: ${finding.seen}` };
    }
    return judgeOther(host);
  },
};

function judgeOther(host: string): Finding {
  const almost = almostEcrProblem(host);
  const fix =
    "use ACCOUNT.dkr.ecr.REGION.amazonaws.com; if this host is another name for one, list it under aliases in config.yaml";
  return failed(
    "NOT_ECR",
    `${host} is not a host name of Amazon ECR${almost ? `: ${almost.what}` : ", so no ECR token is returned for it"}`,
    almost?.fix ?? fix,
  );
}
