import { type HelperAction, protocolText } from "../protocol/messages.ts";
import type { OtherLogins } from "../protocol/other-logins.ts";
import { DelegatedReply, type Reply } from "../protocol/reply.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { cutForeign, withoutControls } from "../token/printable.ts";
import { redact } from "../token/redact.ts";

/**
 * Logins in the store of another credential helper. If it refuses, the client gets its message, without secrets; "not
 * found" is not a refusal.
 *
 * @param run runs the other helper once
 * @param name its program, for messages
 */
export function delegate(
  run: (action: HelperAction, input: string) => Promise<Reply>,
  name: string,
): OtherLogins {
  async function request(action: HelperAction, input: string): Promise<string | undefined> {
    const reply = await run(action, input);
    if (reply.exitCode === 0) return reply.stdout;
    if (reply.stdout.trim() === protocolText.notFound) return undefined;
    // Clients read only stdout.
    const reason = reply.stdout.trim() === "" ? reply.stderr : reply.stdout;
    throw new DelegatedReply({ stdout: withoutSecrets(reason), stderr: withoutSecrets(reply.stderr) });
  }

  async function list(): Promise<Readonly<Record<string, string>>> {
    const logins = Object.entries(parse((await request("list", "unused")) ?? "{}", name));
    if (!logins.every((entry): entry is [string, string] => typeof entry[1] === "string"))
      throw invalidAnswer(name);
    return Object.fromEntries(logins);
  }

  return {
    async get(server) {
      const text = await request("get", server);
      if (text === undefined) return undefined;
      const { Username: username, Secret: secret } = parse(text, name);
      if (typeof username !== "string" || typeof secret !== "string") throw invalidAnswer(name);
      // docker-py reports a missing login this way.
      return username === "" && secret === "" ? undefined : { username, secret };
    },
    async store(server, { username, secret }) {
      await request("store", JSON.stringify({ ServerURL: server, Username: username, Secret: secret }));
    },
    async erase(server) {
      await request("erase", server);
    },
    servers: async () => Object.keys(await list()),
    list,
  };
}

/** Docker repeats this text in its own messages, which a CI system writes to its log. */
const withoutSecrets = (text: string) => redact(withoutControls(cutForeign(text)));

/** The other helper's own message, without secrets. */
export function errorFrom({ reply }: DelegatedReply): string {
  return foreignText(reply.stdout) || "it gave no reason";
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // The parser's message quotes the text, which may contain a secret.
  }
  throw invalidAnswer(name);
}

function invalidAnswer(name: string): Failure {
  return new Failure(
    "FALLBACK_ANSWER",
    `${name}, the fallback of config.yaml, did not answer with JSON of Docker's protocol`,
    `check what '${name} list' prints`,
  );
}
