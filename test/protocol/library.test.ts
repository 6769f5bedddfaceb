import assert from "node:assert/strict";
import { parseCredential } from "../../src/protocol/credential.ts";
import { protocolText } from "../../src/protocol/messages.ts";
import { type HelperBackends, serve } from "../../src/protocol/serve.ts";
import { trimSpace } from "../../src/protocol/server-input.ts";
import { isPlainHost } from "../../src/registry/server-url.ts";
import { Failure } from "../../src/token/failure.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { Random, seedOf } from "../support/fuzz/random.ts";
import { goProgram } from "../support/go/decoder.ts";
import { helperLibrary, type LibraryOutcome, libraryOutcomes } from "../support/go/library.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const count = 3_000;
const spaces = [..." \t\n\v\f\r\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000", "\r\n"];
/** Characters that resemble white space. */
const noSpaces = ["\ufeff", "\u200b", "\u180e", "\0", "\u001f", "\u007f"];

/** A helper with a token for every host. */
const everything: HelperBackends = {
  warm: {
    warm: () => ({ username: "AWS", secret: "secret" }),
    isConfigured: async () => false,
    isMarked: async () => false,
  },
  cold: () => assert.fail("a warm get loads nothing"),
  others: () => assert.fail("every host is ECR's"),
};

const names = {
  ServerURL: ["ServerURL", "serverurl", "SERVERURL", "\u017ferverURL", "ServerUrl", "Server-URL"],
  Username: ["Username", "username", "userName", "U\\u0073ername", "User"],
  Secret: ["Secret", "secret", "\u017fecret", "Se\u212aret", "password"],
} as const;

function some<Item>(random: Random, make: () => Item): readonly Item[] {
  return random.chance(0.1) ? [] : [make(), ...random.list(1, make)];
}

function credentialText(random: Random): string {
  const properties = [
    ...some(random, () => [random.pick(names.ServerURL), random.pick([host, ` ${host}\\n`, "", "\\ud800"])]),
    ...some(random, () => [random.pick(names.Username), random.pick(["AWS", "", "me\\u0000"])]),
    ...some(random, () => [random.pick(names.Secret), random.pick(["secret", "", "\\ud83d\\ude00", "é"])]),
  ].map(([name, value]) => {
    const odd = random.pick(["null", "1", "[]", "{}", "true", '{"a":[1,{}]}']);
    return `"${name}"${random.pick(["", " ", "\n"])}:${random.chance(0.1) ? odd : `"${value}"`}`;
  });
  const object = `{${random.shuffled(properties).join(random.pick([",", ", ", ",\n"]))}}`;
  const whole = random.chance(0.05) ? random.pick(["null", "[]", '"x"', "1", ""]) : object;
  const behind = random.pick(["", "", "\n", "x", object, "}", " \0", "\ufeff"]);
  const text = random.pick(["", "", " ", "\n", "\t"]) + whole + behind;
  return (random.chance(0.3) ? damaged(random, text) : text).toWellFormed();
}

function urlText(random: Random): string {
  const around = () => random.list(3, () => random.pick(random.chance(0.9) ? spaces : noSpaces)).join("");
  const url = random.pick([host, `https://${host}/team/app`, `${host}:443`, "", `${host}\n.evil.example`]);
  const text = around() + url + around();
  return (random.chance(0.2) ? damaged(random, text) : text).toWellFormed();
}

const go = goProgram();
const library = go === undefined ? undefined : helperLibrary(go);
const title = library === undefined ? " (needs Go and its module proxy)" : "";

(library === undefined ? describe.skip : describe)(`requests beside Docker's own library${title}`, () => {
  const seed = seedOf(process.env);
  const shown = (text: string) => `SEED=${seed}: ${JSON.stringify(text)}`;
  const read = (action: string, texts: readonly string[]): readonly LibraryOutcome[] =>
    libraryOutcomes(
      library ?? "",
      texts.map((text) => [action, text]),
    );

  before(() => console.log(`      SEED=${seed}`));

  it("of store have the same fields, or are refused", () => {
    const random = new Random(seed);
    const texts = Array.from({ length: count }, () => credentialText(random));
    let taken = 0;
    for (const [index, { Error: refusal, ...fields }] of read("store", texts).entries()) {
      const text = texts[index] as string;
      const ours = attempt(text);
      if (ours === undefined) {
        // The library joins lines, also those that divide a string. Here a line end is white space between two values.
        if (!/[\n\r]/.test(text)) assert.ok(refusal !== "" && !isMissing(refusal), shown(text));
      } else if (ours.ServerURL === "") {
        assert.ok(refusal === protocolText.noServerUrl || fields.ServerURL.trim() === "", shown(text));
      } else if (ours.Username === "") {
        assert.equal(refusal, protocolText.noUsername, shown(text));
      } else {
        taken += 1;
        assert.equal(refusal, "", shown(text));
        // The library stores a server URL with the white space around it, and never finds it again.
        assert.deepEqual(ours, { ...fields, ServerURL: fields.ServerURL.trim() }, shown(text));
      }
    }
    assert.ok(taken > count / 10, `${taken}`);
  });

  for (const action of ["get", "erase"]) {
    it(`of ${action} are for the same server, or are refused`, async () => {
      const random = new Random(seed + 1);
      const texts = Array.from({ length: count }, () => urlText(random));
      const outcomes = read(action, texts);
      let taken = 0;
      for (const [index, text] of texts.entries()) {
        const { Error: refusal, ServerURL } = outcomes[index] as LibraryOutcome;
        // A request of Bazel.
        if (trimSpace(text).startsWith("{")) continue;
        // An erase has the same host as a get.
        const { stdout, exitCode } = await serve("get", async () => text, everything);
        if (exitCode === 0) {
          taken += 1;
          assert.equal(JSON.parse(stdout).ServerURL, ServerURL, shown(text));
        } else if (refusal !== "") {
          assert.equal(stdout, `${refusal}\n`, shown(text));
        } else {
          assert.match(stdout, /\[BAD_SERVER_URL\]\n$/, shown(text));
          // Two lines that the library would join into one host are refused.
          assert.ok(!isPlainHost(ServerURL) || text.trim().includes("\n"), shown(text));
        }
      }
      assert.ok(taken > count / 4, `${taken}`);
    });
  }
});

function attempt(text: string): ReturnType<typeof parseCredential> | undefined {
  try {
    return parseCredential(text);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function isMissing(refusal: string): boolean {
  return refusal === protocolText.noServerUrl || refusal === protocolText.noUsername;
}
