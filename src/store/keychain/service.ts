import { endWithParent } from "../../process/exit-with-parent.ts";
import { Failure } from "../../token/failure.ts";
import { isKeychainCode, type Keychain, keychainFailure } from "./keychain.ts";

/** A request to the process that calls the keychain, on its stdin. */
export type Question =
  | { readonly read: readonly string[] }
  | { readonly write: { readonly name: string; readonly value: string } }
  | { readonly remove: string };

/** Its response on stdout. */
export type Answer =
  | { readonly values: readonly (string | null)[] }
  | { readonly failed: { readonly code: string; readonly what: string } };

/** Answers one request. Never throws. */
export async function answerQuestion(text: string, loadKeychain: () => Promise<Keychain>): Promise<string> {
  return JSON.stringify(await answer(text, loadKeychain).catch(trouble));
}

async function answer(text: string, loadKeychain: () => Promise<Keychain>): Promise<Answer> {
  const keychain = await loadKeychain().catch(unloadable);
  const question = JSON.parse(text) as Question;
  if ("read" in question) {
    return { values: (await keychain.read(question.read)).map((value) => value ?? null) };
  }
  if ("write" in question) await keychain.write(question.write.name, question.write.value);
  else await keychain.remove(question.remove);
  return { values: [] };
}

/**
 * The system's loader names the library and what it lacks, or that programs can't be run from its disk: in the message
 * of one of the causes, after advice for programmers.
 */
function unloadable(error: unknown): never {
  const found = messagesOf(error);
  const telling = found.find((message) => !/^Cannot find (native binding|module)/.test(message)) ?? found[0];
  const words = telling?.split("\n")[0]?.slice(0, 200) ?? "";
  throw keychainFailure("KEYCHAIN_UNREACHABLE", `the keychain's library can't be loaded (${words})`, error);
}

/** The message of an error and those of its causes. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}

function trouble(error: unknown): Answer {
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
  const answered = await answerQuestion(await Bun.stdin.text(), async () => {
    const { entryLimit, systemEntries } = await import("./entries.ts");
    const { inParts } = await import("./chunks.ts");
    return inParts(systemEntries, entryLimit, () => crypto.randomUUID());
  });
  await Bun.write(Bun.stdout, answered);
}
