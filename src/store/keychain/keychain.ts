import { Failure } from "../../token/failure.ts";

/** Named secrets in the operating system's keychain. */
export interface Keychain {
  /**
   * The values of several names, in their order; undefined where there is none.
   *
   * @throws Failure KEYCHAIN_…, as all here: why the keychain can't be used
   */
  read(names: readonly string[]): Promise<readonly (string | undefined)[]>;
  write(name: string, value: string): Promise<void>;
  /** That there is none is as good. */
  remove(name: string): Promise<void>;
}

/** What other tools show beside the name: seahorse and secret-tool as `service`, Keychain Access as "Where". */
export const keychainService = "docker-credential-ecr";

/** The word that makes a process of this program one that asks the keychain: `serveKeychain`. */
export const keychainWord = "keychain-process";

/** How a keychain can fail its user. */
export const keychainCodes = ["KEYCHAIN_UNREACHABLE", "KEYCHAIN_LOCKED", "KEYCHAIN_TIMEOUT"] as const;
export type KeychainCode = (typeof keychainCodes)[number];

export function isKeychainCode(code: unknown): code is KeychainCode {
  return keychainCodes.some((each) => each === code);
}

/** @param what without a name and without a secret */
export function keychainFailure(code: KeychainCode, what: string, cause?: unknown): Failure {
  return new Failure(code, what, "start the keychain and unlock it", { cause });
}
