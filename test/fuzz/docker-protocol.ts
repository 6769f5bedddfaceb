import assert from "node:assert/strict";
import { helperActions, protocolText } from "../../src/protocol/messages.ts";
import { trimSpace } from "../../src/protocol/server-input.ts";
import { readServerUrl } from "../../src/registry/server-url.ts";
import { FakeBackends } from "../support/fakes/helper-ports.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";
import { urlText } from "./server-url.ts";

const ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const secrets = { warm: "planted-secret-warm", cold: "planted-secret-cold", stored: "planted-secret-stored" };

function credentialText(random: Random): string {
  const fields: Record<string, unknown> = {
    ServerURL: random.chance(0.9) ? urlText(random) : random.pick([1, null, [], {}]),
    Username: random.chance(0.9) ? random.pick(["AWS", "me", "", "a\nb"]) : random.pick([1, null, {}]),
    Secret: random.chance(0.95) ? secrets.stored : random.pick([null, 7]),
  };
  if (random.chance(0.1)) delete fields[random.pick(["ServerURL", "Username", "Secret"])];
  const text = JSON.stringify(fields);
  return random.chance(0.3) ? damaged(random, text) : text;
}

/** An answer of `list` without the names that were stored. */
function withoutNames(text: string, { cold, others }: FakeBackends): string {
  const names = [...cold.values(), ...others.held.values()].map(({ username }) => JSON.stringify(username));
  return names.reduce((rest, name) => rest.replaceAll(name, ""), text);
}

/** Calls of Docker's protocol, with and without a stored token. */
export const dockerProtocol = fuzzer<readonly [action: string, input: string][]>({
  name: "docker-protocol",
  make: (random) =>
    random.list(3, () => {
      const action = random.pick(helperActions);
      return [action, action === "store" ? credentialText(random) : urlText(random)] as const;
    }) as [string, string][],
  async check(calls) {
    const backends = new FakeBackends();
    backends.warm.set(ecr, { username: "AWS", secret: secrets.warm });
    backends.cold.set("public.ecr.aws", { username: "AWS", secret: secrets.cold });
    for (const [word, input] of calls) {
      const action = helperActions.find((each) => each === word);
      if (!action) continue;
      const { stdout, stderr, exitCode } = await backends.run(action, input);
      assert.doesNotMatch(stdout + stderr, /INTERNAL/);
      assert.ok(stdout === "" || stdout.endsWith("\n"));
      // `list` prints user names, and a damaged `store` can have a piece of the secret as its name.
      const shown = action === "list" ? withoutNames(stdout, backends) : stdout;
      if (action !== "get") assert.doesNotMatch(shown, /planted-secret/);
      assert.doesNotMatch(stderr, /planted-secret/);
      if (exitCode === 0) {
        assert.equal(stderr, "");
        if (action !== "get") continue;
        const { ServerURL, Secret } = JSON.parse(stdout);
        assert.equal(ServerURL, trimSpace(input));
        const url = readServerUrl(ServerURL);
        if (Secret === secrets.warm) assert.equal(url.kind !== "malformed" && url.host, ecr);
        if (Secret === secrets.cold) assert.equal(url.kind !== "malformed" && url.host, "public.ecr.aws");
        continue;
      }
      const line = stdout.slice(0, -1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not occur.
      assert.doesNotMatch(line, /[\x00-\x1f\x7f]/);
      const isWord = Object.values(protocolText).includes(line as (typeof protocolText)["notFound"]);
      if (!isWord) for (const text of Object.values(protocolText)) assert.ok(!line.includes(text), line);
    }
  },
});
