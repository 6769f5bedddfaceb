import { endWithParent } from "../../process/exit-with-parent.ts";
import { Failure } from "../../token/failure.ts";
import { isKeychainCode, type Keychain, keychainFailure } from "./keychain.ts";

/** A request to the process that calls the keychain, on its stdin. */
export type Request =
  | { readonly read: readonly string[] }
  | { readonly write: { readonly name: string; readonly value: string } }
  | { readonly remove: string };

/** Its response on stdout. */
export type Response =
  | { readonly values: readonly (string | null)[] }
  | { readonly failed: { readonly code: string; readonly what: string } };

/** Answers one request. Never throws. */
export async function answerRequest(text: string, loadKeychain: () => Promise<Keychain>): Promise<string> {
  return JSON.stringify(await answer(text, loadKeychain).catch(failedResponse));
}

async function answer(text: string, loadKeychain: () => Promise<Keychain>): Promise<Response> {
  const keychain = await loadKeychain().catch(throwUnloadable);
  const request = JSON.parse(text) as Request;
  if ("read" in request) {
    return { values: (await keychain.read(request.read)).map((value) => value ?? null) };
  }
  if ("write" in request) await keychain.write(request.write.name, request.write.value);
  else await keychain.remove(request.remove);
  return { values: [] };
}

/**
 * Reports why the library can't be loaded. The system's loader names the missing library, or a disk without the right to
 * run programs, in the message of one of the causes, after advice for programmers.
 */
function throwUnloadable(error: unknown): never {
  const messages = messagesOf(error);
  const reason =
    messages.find((message) => !/^Cannot find (native binding|module)/.test(message)) ?? messages[0];
  const line = reason?.split("\n")[0]?.slice(0, 200) ?? "";
  throw keychainFailure("KEYCHAIN_UNREACHABLE", `the keychain's library can't be loaded (${line})`, error);
}

/** The messages of an error and of its causes. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}

function failedResponse(error: unknown): Response {
  const known = error instanceof Failure && isKeychainCode(error.code);
  if (known) return { failed: { code: error.code, what: error.message } };
  // Its message may quote the secret.
  const name = error instanceof Error ? error.name : typeof error;
  return { failed: { code: "KEYCHAIN_UNREACHABLE", what: `the keychain can't be used (${name})` } };
}

/**
 * The whole work of this process, which another process of this program has started: it reads stdin and calls the
 * system's keychain.
 */
export async function serveKeychain(): Promise<void> {
  // If Docker kills the parent, no process would end this one, which waits for D-Bus.
  endWithParent();
  const answered = await answerRequest(await Bun.stdin.text(), async () => {
    const { entryLimit, systemEntries } = await import("./entries.ts");
    const { inParts } = await import("./chunks.ts");
    return inParts(systemEntries, entryLimit, () => crypto.randomUUID());
  });
  await Bun.write(Bun.stdout, answered);
}
