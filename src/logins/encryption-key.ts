import { dirname } from "node:path";
import { keyFileText, newKey, parseKey } from "../store/encryption/key-file.ts";
import { ensureOwnFolder } from "../store/files/folder.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { loginKeyPath } from "../store/files/paths.ts";
import { writeDurable } from "../store/files/write.ts";
import { Failure } from "../token/failure.ts";

/**
 * The key of the encrypted logins.
 *
 * @returns undefined if there is no key file
 * @throws Failure LOGIN_KEY if it is damaged or other users can access it
 */
export async function readLoginKey(state: string): Promise<Uint8Array | undefined> {
  const path = loginKeyPath(state);
  const file = await inspectFile(path);
  if (file.kind === "absent") return undefined;
  if (file.kind === "refused") throw unusable(path, file.why);
  const key = parseKey(file.text);
  if (!key) throw unusable(path, "it is damaged, or another version wrote it");
  return key;
}

/**
 * The key of the encrypted logins; creates one if there is none. Only one process at a time may call it.
 *
 * @throws Failure as `readLoginKey` and `writeDurable`
 */
export async function readOrMakeLoginKey(state: string): Promise<Uint8Array> {
  // A key in a folder that is closed to its owner would look absent, and all logins would be lost with it.
  for (const folder of [state, dirname(loginKeyPath(state))]) await ensureOwnFolder(folder);
  const existing = await readLoginKey(state);
  if (existing) return existing;
  const key = newKey();
  await writeDurable(state, loginKeyPath(state), keyFileText(key));
  return key;
}

function unusable(path: string, why: string): Failure {
  return new Failure(
    "LOGIN_KEY",
    `the key of the encrypted logins, ${path}, can't be used: ${why}`,
    "restore it with mode 0600, or remove it and log in to those registries again",
  );
}
