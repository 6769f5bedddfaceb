import { readConfig } from "../../config/read.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failedBy, ok } from "./finding.ts";

/** Whether config.yaml can be used. */
export const config: MachineDiagnostic = {
  name: "config",
  scope: "machine",
  look: async ({ files, folders: { configFile } }) => {
    let barred: Finding | undefined;
    const { registries, identities } = await readConfig(configFile, (failure) => {
      // Everything goes on without it.
      barred = { ...failedBy(failure), blocksNothing: true };
    });
    if (barred) return barred;
    const isThere = files.stamp(configFile) !== "absent";
    if (!isThere) return ok("there is none: the default AWS credential chain asks");
    const names = Object.keys(identities).length;
    return ok(`${configFile}: identities ${names}, registries ${registries.length}`);
  },
};
