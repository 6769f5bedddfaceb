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

/** Milliseconds for one of the three questions. A person who unlocks the keychain meanwhile has to hurry. */
const limit = 6_000;

/** Whether the keychain works: the only proof is a throw-away entry that is written, read and deleted. */
export const keychain: MachineDiagnostic = {
  name: "keychain",
  scope: "machine",
  needs: ["config"],
  limit: 3 * limit + 1_000,
  look: async (machine) => {
    const { env, folders, program } = machine;
    const unused = whyUnused(
      await readConfig(folders.configFile),
      await dockerFileOf(machine).catch(() => undefined),
    );
    if (unused !== undefined) return skipped(unused);
    try {
      return await tryOut(new KeychainProcess({ command: [program], env, state: folders.state, limit }));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const fix = `${error.fix}; or, on a machine that has none, write "fallback: file", pass or none into ${folders.configFile}`;
      return failed(error.code, error.message, fix);
    }
  },
};

/** Why the keychain plays no part; undefined where it does. @param docker undefined: it can't be read */
export function whyUnused(
  { fallback, store }: Pick<Config, "fallback" | "store">,
  docker: Pick<DockerFile, "credsStore"> | undefined,
): string | undefined {
  if (store === "keychain") return undefined;
  if (fallback.kind === "helper") return `fallback is the helper ${fallback.name}`;
  if (fallback.kind !== "keychain") return `fallback is ${fallback.kind}`;
  return docker?.credsStore === ours
    ? undefined
    : "Docker does not ask this helper for hosts that are not ECR's";
}

/** @throws Failure KEYCHAIN_… */
export async function tryOut(chain: Keychain): Promise<Finding> {
  const name = `doctor ${randomUUID()}`;
  const value = randomUUID();
  await chain.write(name, value);
  const [found] = await chain.read([name]);
  await chain.remove(name);
  const [left] = await chain.read([name]);
  if (found === value && left === undefined) return ok("it took an entry, gave it back and deleted it");
  const what =
    found === value ? "does not delete what it holds" : "does not give back what was written into it";
  return failed("KEYCHAIN_UNREACHABLE", `the keychain ${what}`, "restart the keychain");
}
