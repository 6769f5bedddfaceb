import { readConfig } from "../../config/read.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { ok } from "./finding.ts";

/** Whether config.yaml can be used. */
export const config: MachineDiagnostic = {
  name: "config",
  scope: "machine",
  look: async ({ files, folders: { configFile } }) => {
    const { registries, identities } = await readConfig(configFile);
    const isThere = files.stamp(configFile) !== "absent";
    if (!isThere) return ok("there is none: the default AWS credential chain asks");
    const names = Object.keys(identities).length;
    return ok(`${configFile}: identities ${names}, registries ${registries.length}`);
  },
};
