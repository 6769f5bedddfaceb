import { keyFileText, newKey, parseKey } from "../store/encryption/key-file.ts";
import { inspectFile } from "../store/files/inspect.ts";
import { loginKeyPath } from "../store/files/paths.ts";
import { writeLasting } from "../store/files/write.ts";
import { Failure } from "../token/failure.ts";

/**
 * The key of the encrypted logins.
 *
 * @returns undefined where there is no key file
 * @throws Failure LOGIN_KEY where it is damaged or not this user's alone
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

/** The same; a new one where there is none. To be called by one process at a time. @throws also what writing throws */
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
