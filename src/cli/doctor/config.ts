import type { Config } from "../../config/config.ts";
import { readConfig } from "../../config/read.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { ok, skipped } from "./finding.ts";

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

/**
 * Writes a throw-away entry into the keychain, reads it and deletes it again.
 *
 * @returns the name of the keychain, for a person
 * @throws Failure
 */
export type KeychainTrial = () => Promise<string>;

/** @param trial absent: this version keeps nothing in a keychain */
export function keychain(trial?: KeychainTrial): MachineDiagnostic {
  return {
    name: "keychain",
    scope: "machine",
    needs: ["config"],
    look: async ({ folders: { configFile } }) => {
      const unused = whyUnused(await readConfig(configFile));
      if (unused !== undefined) return skipped(unused);
      if (!trial) return skipped("this version keeps nothing in a keychain yet");
      return ok(`${await trial()} took an entry, gave it back and deleted it`);
    },
  };
}

/** Why the keychain plays no part; undefined where it does. */
export function whyUnused({ fallback, store }: Config): string | undefined {
  if (store === "keychain" || fallback.kind === "keychain") return undefined;
  return fallback.kind === "none" ? "fallback is none" : `fallback is the helper ${fallback.name}`;
}
