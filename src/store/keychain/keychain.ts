import { Failure } from "../../token/failure.ts";

/** Named secrets in the operating system's keychain. */
export interface Keychain {
  /**
   * The values of several names, in their order; undefined for a missing one.
   *
   * @throws Failure KEYCHAIN_…, like all methods here: why the keychain can't be used
   */
  read(names: readonly string[]): Promise<readonly (string | undefined)[]>;
  write(name: string, value: string): Promise<void>;
  /** A missing entry is not an error. */
  remove(name: string): Promise<void>;
}

/** What other tools show next to the name: seahorse and secret-tool as `service`, Keychain Access as "Where". */
export const keychainService = "docker-credential-ecr";

/** The argument that starts this program as the process that calls the keychain: `serveKeychain`. */
export const keychainArgument = "keychain-process";

/** The ways in which a keychain can fail. */
export const keychainCodes = ["KEYCHAIN_UNREACHABLE", "KEYCHAIN_LOCKED", "KEYCHAIN_TIMEOUT"] as const;
export type KeychainCode = (typeof keychainCodes)[number];

export function isKeychainCode(code: unknown): code is KeychainCode {
  return keychainCodes.some((each) => each === code);
}

/** @param what contains neither a name nor a secret */
export function keychainFailure(code: KeychainCode, what: string, cause?: unknown): Failure {
  return new Failure(code, what, "start the keychain and unlock it", { cause });
}
