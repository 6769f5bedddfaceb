import assert from "node:assert/strict";
import { atTerminal, type OnScreen, plain } from "../support/program/screen.ts";
import { member, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";

/** Answers that choose nothing. */
const rubbish = [
  "rubbish",
  "9",
  "0",
  "-1",
  "1e9",
  "1,,9",
  "y n",
  "ja",
  "\u00e9\u65e5",
  "x".repeat(900),
  "1;rm -rf /",
];

const ctrlC = "\x03";
const ctrlD = "\x04";

describe("the questions of configure-docker", function () {
  this.timeout(600_000);
  const standing = useStanding();
  let user: User;
  beforeEach(() => {
    user = standing.user();
    // The tester's own engine has no say.
    user.env["PATH"] = "/nowhere:/usr/bin:/bin";
    user.writeAwsKeys({ build: member("alice"), again: member("alice"), prod: member("bob") });
    const settings = { region: "us-east-1" };
    user.writeAwsConfig({ "profile build": settings, "profile again": settings, "profile prod": settings });
  });

  /** The questions in order, and an answer to each. */
  const questions = [
    ["Use this helper for them in Docker?", "\r"],
    ["Which one requests its tokens?", "1\r"],
    ["Write both?", "\r"],
  ] as const;

  /** Types answers: each once the program waits for it. @param keys for each question what is typed, in order */
  async function answering(
    keys: readonly (readonly string[])[],
  ): Promise<{ exitCode: number | null; shown: string }> {
    const running: OnScreen = atTerminal(user, ["configure-docker", "--no-check"]);
    const left = keys.map((each) => [...each]);
    let answered = 0;
    running.onOutput((sent) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: readline moves the cursor behind its question.
      if (sent.length <= answered || !/\] \x1b\[\d+G$/.test(sent)) return;
      answered = sent.length;
      const asked = plain(sent).slice(plain(sent).lastIndexOf("\n") + 1);
      const index = questions.findIndex(([question]) => asked.includes(question));
      const next = left[index]?.shift();
      if (next !== undefined) running.type(next);
    });
    const { exitCode, sent } = await running.ended;
    return { exitCode, shown: plain(sent) };
  }

  const accepted = questions.map(([, answer]) => [answer]);

  it("accept the default answers", async () => {
    const { exitCode, shown } = await answering(accepted);
    assert.equal(exitCode, 0, shown);
  });

  for (const [index, [question]] of questions.entries()) {
    it(`Ctrl-C or Ctrl-D at "${question}": nothing is changed`, async () => {
      const before = snapshot(user.home);
      for (const key of [ctrlC, ctrlD]) {
        const keys = accepted.map((answers, at) => (at === index ? [key] : answers));
        const { exitCode, shown } = await answering(keys);
        assert.notEqual(exitCode, 0, shown);
        assert.match(shown, /\nnothing was changed\n$/, JSON.stringify(key));
        assert.deepEqual(snapshot(user.home), before);
      }
    });
  }

  it("are repeated after an answer that chooses nothing, until one does", async () => {
    const lines = rubbish.map((each) => `${each}\r`);
    const keys = [[...lines, "\r"], [...lines, "2\r"], ["\r"]];
    // Of these, some are numbers of a question's list.
    const { exitCode, shown } = await answering(keys);
    assert.equal(exitCode, 0, shown);
    assert.doesNotMatch(shown, /UNEXPECTED/);
  });

  it("change nothing if the last one is answered with rubbish", async () => {
    const before = snapshot(user.home);
    for (const each of rubbish) {
      const { exitCode, shown } = await answering([["\r"], ["1\r"], [`${each}\r`]]);
      assert.equal(exitCode, 1, each);
      assert.match(shown, /\nnothing was changed\n$/, each);
    }
    assert.deepEqual(snapshot(user.home), before);
  });
});
