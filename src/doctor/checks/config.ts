import { readConfig } from "../../config/read.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failedBy, ok } from "./finding.ts";

/** Whether config.yaml is valid. */
export const config: MachineDiagnostic = {
  name: "config",
  scope: "machine",
  look: async ({ files, folders: { configFile } }) => {
    let finding: Finding | undefined;
    const { registries, identities } = await readConfig(configFile, (failure) => {
      // The program works without it.
      finding = { ...failedBy(failure), blocksNothing: true };
    });
    if (finding) return finding;
    const isThere = files.stamp(configFile) !== "absent";
    if (!isThere) return ok("no config.yaml: the default AWS credential chain is used");
    const names = Object.keys(identities).length;
    return ok(`${configFile}: identities ${names}, registries ${registries.length}`);
  },
};
