import { randomUUID } from "node:crypto";
import { helperName as ours } from "../../clients/docker/edit-config.ts";
import type { Config } from "../../config/config.ts";
import { readConfig } from "../../config/read.ts";
import type { Keychain } from "../../store/keychain/keychain.ts";
import { KeychainProcess } from "../../store/keychain/process.ts";
import { Failure } from "../../token/failure.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import type { DockerFile } from "./docker-file.ts";
import { dockerFileOf } from "./docker-location.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/** Milliseconds for each of the three requests. A user who unlocks the keychain has to do it within this time. */
const limit = 6_000;

/** Whether the keychain works: a temporary entry is written, read and deleted, as nothing less proves it. */
export const keychain: MachineDiagnostic = {
  name: "keychain",
  scope: "machine",
  needs: ["config"],
  limit: 3 * limit + 1_000,
  look: async (machine) => {
    const { env, folders, program } = machine;
    const unused = reasonUnused(
      await readConfig(folders),
      await dockerFileOf(machine).catch(() => undefined),
    );
    if (unused !== undefined) return skipped(unused);
    try {
      return await testKeychain(
        new KeychainProcess({ command: [program], env, state: folders.state, limit }),
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const fix = `${error.fix}; or, on a machine that has none, write "fallback: file", pass or none into ${folders.configFile}`;
      return failed(error.code, error.message, fix);
    }
  },
};

/** Why the keychain is not used; undefined if it is. @param docker undefined: config.json can't be read */
export function reasonUnused(
  { fallback, store }: Pick<Config, "fallback" | "store">,
  docker: Pick<DockerFile, "credsStore"> | undefined,
): string | undefined {
  if (store === "keychain") return undefined;
  if (fallback.kind === "helper") return `fallback is the helper ${fallback.name}`;
  if (fallback.kind !== "keychain") return `fallback is ${fallback.kind}`;
  return docker?.credsStore === ours
    ? undefined
    : "Docker does not use this helper for hosts that are not ECR's";
}

/** @throws Failure KEYCHAIN_… */
export async function testKeychain(chain: Keychain): Promise<Finding> {
  const name = `doctor ${randomUUID()}`;
  const value = randomUUID();
  await chain.write(name, value);
  const [found] = await chain.read([name]);
  await chain.remove(name);
  const [left] = await chain.read([name]);
  if (found === value && left === undefined) return ok("an entry was written, read and deleted");
  const what = found === value ? "does not delete entries" : "does not return what was written to it";
  return failed("KEYCHAIN_UNREACHABLE", `the keychain ${what}`, "restart the keychain");
}
