import { AsyncEntry } from "@napi-rs/keyring";
import { foreignText } from "../../token/foreign-text.ts";
import type { Entries } from "./chunks.ts";
import { type KeychainCode, keychainFailure, keychainService } from "./keychain.ts";

/** Credential Manager's CRED_MAX_CREDENTIAL_BLOB_SIZE; the limits of the other systems don't matter here. */
export const entryLimit = process.platform === "win32" ? 2560 : undefined;

/**
 * Only Secret Service: without this option @napi-rs/keyring would fall back to the kernel's keyring, which a reboot
 * empties.
 */
const options = { linux: { store: "secret-service" } } as const;

/**
 * The entries of this program in the operating system's keychain.
 *
 * Opening an entry waits for D-Bus on this thread, and D-Bus may never answer: only a separate process can be given a
 * time limit (`process.ts`).
 */
export const systemEntries: Entries = {
  async read(name) {
    const bytes = await withKeychainFailures(() => open(name).getSecret());
    return bytes ? Uint8Array.from(bytes) : undefined;
  },
  write: (name, bytes) => withKeychainFailures(() => open(name).setSecret(bytes)),
  async remove(name) {
    await withKeychainFailures(() => open(name).deleteCredential());
  },
};

function open(name: string): AsyncEntry {
  return new AsyncEntry(keychainService, name, options);
}

async function withKeychainFailures<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const { code, what } = keychainProblem(error instanceof Error ? error.message : "");
    throw keychainFailure(code, what, error);
  }
}

/** The meaning of an error of the library. All its errors have the same code, so this function uses their messages. */
export function keychainProblem(message: string): { readonly code: KeychainCode; readonly what: string } {
  // keyring-core's NoStorageAccess; macOS reports the second if it may not prompt, as over ssh.
  if (/couldn't access platform storage|interaction is not allowed/i.test(message)) {
    return { code: "KEYCHAIN_LOCKED", what: "the keychain is locked" };
  }
  if (/did not receive a reply/i.test(message)) {
    return { code: "KEYCHAIN_TIMEOUT", what: "the keychain does not answer" };
  }
  if (/matched by \d+ credentials/i.test(message)) {
    const what =
      "the keychain has several entries of that name (keep one and remove the others, for example with seahorse)";
    return { code: "KEYCHAIN_UNREACHABLE", what };
  }
  return { code: "KEYCHAIN_UNREACHABLE", what: `no keychain can be reached (${reasonIn(message)})` };
}

function reasonIn(message: string): string {
  if (/autolaunch|NoServer/i.test(message)) return "no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set";
  if (/ServiceUnknown|not provided by any .service/i.test(message)) {
    return "no Secret Service, such as gnome-keyring, runs in this D-Bus session";
  }
  const reason = foreignText(message)
    .replace(/^Platform failure: /, "")
    .replace(/\.$/, "");
  return reason === "" ? "it gave no reason" : reason.slice(0, 200);
}
