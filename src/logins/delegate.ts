import { type HelperAction, protocolText } from "../protocol/messages.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply, type Reply } from "../protocol/reply.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { cutForeign } from "../token/printable.ts";
import { redact } from "../token/redact.ts";

/**
 * Logins in the store of another credential helper. The client gets its refusals in its own words, without secrets;
 * "not found" is not a refusal.
 *
 * @param ask runs it once
 * @param name its program, for messages
 */
export function delegate(
  ask: (action: HelperAction, input: string) => Promise<Reply>,
  name: string,
): OtherLogins {
  async function answer(action: HelperAction, input: string): Promise<string | undefined> {
    const reply = await ask(action, input);
    if (reply.exitCode === 0) return reply.stdout;
    if (reply.stdout.trim() === protocolText.notFound) return undefined;
    throw new DelegatedReply({ stdout: withoutSecrets(reply.stdout), stderr: withoutSecrets(reply.stderr) });
  }

  return {
    async get(server) {
      const text = await answer("get", server);
      if (text === undefined) return undefined;
      const { Username: username, Secret: secret } = parse(text, name);
      if (typeof username !== "string" || typeof secret !== "string") throw nonsense(name);
      // This is how docker-py reports that there is none.
      return username === "" && secret === "" ? undefined : { username, secret };
    },
    async store(server, { username, secret }) {
      await answer("store", JSON.stringify({ ServerURL: server, Username: username, Secret: secret }));
    },
    async erase(server) {
      await answer("erase", server);
    },
    async list() {
      const list = Object.entries(parse((await answer("list", "unused")) ?? "{}", name));
      if (!list.every((entry): entry is [string, string] => typeof entry[1] === "string"))
        throw nonsense(name);
      return Object.fromEntries(list);
    },
  };
}

/** Docker puts these words into its own messages, and a CI system those into its log. */
const withoutSecrets = (words: string) => redact(cutForeign(words));

/** Why the other helper refused, in its own words but without secrets. */
export function errorFrom({ reply }: DelegatedReply): string {
  return foreignText(reply.stdout) || "it says no reason";
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // The parser's message quotes the text, which may contain a secret.
  }
  throw nonsense(name);
}

function nonsense(name: string): Failure {
  return new Failure(
    "FALLBACK_ANSWER",
    `${name}, the fallback of config.yaml, answered no JSON of Docker's protocol`,
    `see what '${name} list' prints`,
  );
}
