import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processCredentials } from "../../../src/aws/credentials/process.ts";
import type { Session } from "../../../src/aws/http/session.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

const script = `#!/bin/sh
words=
for word in "$@"; do words="$words[$word]"; done
printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"test"}' "$words"
`;

describe("the command of a credential_process", () => {
  if (process.platform === "win32") return;
  const temp = useTempFolder();
  beforeEach(() => {
    for (const [name, text] of Object.entries({ tool: script, plain: script.replace(/^.*\n/, "") })) {
      writeFileSync(join(temp(), name), text);
      chmodSync(join(temp(), name), 0o755);
    }
  });

  const wordsOf = async (command: string) => {
    const session: Partial<Session> = {
      env: { PATH: `${temp()}:/usr/bin:/bin`, HOME: "/home/x", WHO: "me" },
      now: Date.now,
      signal: AbortSignal.timeout(10_000),
      refuseFile: async () => undefined,
    };
    const source = { kind: "process", profile: "ci", command, path: "/config", where: "/config:2" } as const;
    return (await processCredentials(session as Session, source)).accessKeyId;
  };

  const ROWS: [what: string, command: string, words: string][] = [
    ["a shell operator that the AWS CLI passes on", "tool a=1&b=2", "[a=1&b=2]"],
    ["a number sign", "tool # prod", "[#][prod]"],
    ["a backslash", "tool a\\ b c\\(d", "[a b][c(d]"],
    ["brackets and wildcards", "tool (a) * ?", "[(a)][*][?]"],
    ["a semicolon in a word", "tool a;b", "[a;b]"],
    ["quotes", `tool "a b" 'c d' e"f"`, "[a b][c d][ef]"],
    ["quoted shell operators", "tool 'a|$b' c\\&d", "[a|$b][c&d]"],
    ["two lines", "tool a\n  who=prod", "[a][who=prod]"],
    ["a variable", "tool $WHO", "[me]"],
    ["a home folder", "tool ~/a", "[/home/x/a]"],
    ["several commands", "true && tool a", "[a]"],
    ["several commands, one after another", "true; tool a", "[a]"],
    ["a redirection", "tool a 2>/dev/null", "[a]"],
    ["a variable for the command", "A=1 tool a", "[a]"],
    ["a shell builtin", "exec tool a", "[a]"],
    ["a script without its interpreter", "plain a", "[a]"],
  ];
  for (const [what, command, words] of ROWS) {
    it(`may have ${what}`, async () => {
      assert.equal(await wordsOf(command), words);
    });
  }

  for (const [field, value] of [
    ["Expiration", '"soon"'],
    ["SessionToken", "{}"],
  ]) {
    it(`that prints ${field} ${value} is refused`, async () => {
      const printed = `{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","${field}":${value}}`;
      const message = new RegExp(`the ${field} in its output is not`);
      await assert.rejects(wordsOf(`echo '${printed}'`), ({ cause }: Error) => message.test(String(cause)));
    });
  }

  it("that does not exist is reported without its command line", async () => {
    await assert.rejects(wordsOf("no-such-program hush-hush"), (error: Error) => !/hush/.test(String(error)));
  });
});
