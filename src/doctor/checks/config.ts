import { readConfig } from "../../config/read.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { failedBy, ok } from "./finding.ts";

/** Whether config.yaml is valid. */
export const config: MachineDiagnostic = {
  name: "config",
  scope: "machine",
  look: async ({ files, folders }) => {
    const { configFile } = folders;
    const { registries, identities, notRead } = await readConfig(folders);
    // The program works without it.
    if (notRead) return { ...failedBy(notRead), blocksNothing: true };
    const isThere = files.stamp(configFile) !== "absent";
    if (!isThere) return ok("no config.yaml: the default AWS credential chain is used");
    const names = Object.keys(identities).length;
    return ok(`${configFile}: identities ${names}, registries ${registries.length}`);
  },
};
