import { keyFileText, newKey, parseKey } from "../store/encryption/key-file.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { loginKeyPath } from "../store/files/paths.ts";
import { writeLasting } from "../store/files/write.ts";
import { Failure } from "../token/failure.ts";

/**
 * The key of the encrypted logins.
 *
 * @returns undefined if there is no key file
 * @throws Failure LOGIN_KEY if it is damaged or other users can access it
 */
export async function readLoginKey(state: string): Promise<Uint8Array | undefined> {
  const path = loginKeyPath(state);
  const found = await inspectFile(path);
  if (found.kind === "absent") return undefined;
  if (found.kind === "refused") throw unusable(path, found.why);
  const key = parseKey(found.text);
  if (!key) throw unusable(path, "it is damaged, or of another version");
  return key;
}

/**
 * The same; creates a key if there is none. Only one process at a time may call it. @throws also what writing throws
 */
export async function readOrMakeLoginKey(state: string): Promise<Uint8Array> {
  const known = await readLoginKey(state);
  if (known) return known;
  const key = newKey();
  await writeLasting(state, loginKeyPath(state), keyFileText(key));
  return key;
}

function unusable(path: string, why: string): Failure {
  return new Failure(
    "LOGIN_KEY",
    `the key of the encrypted logins, ${path}, can't be used: ${why}`,
    "put it back as it was with mode 0600, or remove it and log in to those registries again",
  );
}
