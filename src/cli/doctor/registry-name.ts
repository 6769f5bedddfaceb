import type { RegistryDiagnostic } from "./diagnostic.ts";
import { failed, ok } from "./finding.ts";

/** Whether the host is one of Amazon ECR's. */
export const registryName: RegistryDiagnostic = {
  name: "registry-name",
  scope: "registry",
  look: async ({ subject }) => {
    if (subject.kind === "ecr") {
      const { registry } = subject;
      if (registry.kind === "public") return ok("Amazon ECR Public");
      const more = `${registry.fips ? ", FIPS" : ""}${registry.dualStack ? ", dual-stack" : ""}`;
      return ok(`account ${registry.account}, ${registry.region}, partition ${registry.partition}${more}`);
    }
    return failed(
      "NOT_ECR",
      `${subject.host} is not a name of Amazon ECR's, so no ECR token is given out for it`,
      "ECR's are ACCOUNT.dkr.ecr.REGION.amazonaws.com; list another name for one under aliases in config.yaml",
    );
  },
};
