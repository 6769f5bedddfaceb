import assert from "node:assert/strict";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { atTerminal, plain } from "../support/program/screen.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";

/** Lines that print errors, notices, reports and a question. */
const lines: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--jsno"],
  ["registries"],
  ["refresh", "--force"],
  ["refresh", "ghcr.io"],
  ["doctor", registry],
  ["config", "check"],
  ["configure-docker"],
  ["configure-docker", "ghcr.io"],
  ["configure-docker", "--undo", "--all"],
  ["daemon", "--once", "--verbose"],
  ["daemon", "--bogus"],
  ["service", "install", "--user", "x"],
  ["export", "--format", "docker-config"],
  ["login", registry],
  ["--help"],
];

describe("on a terminal", function () {
  this.timeout(600_000);
  const standing = useStanding({}, "proxy");

  function user(): User {
    const made = keeper(standing, aliceKeeps("111122223333"));
    made.env["PATH"] = "/nowhere:/usr/bin:/bin";
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    return made;
  }

  async function sentOf(
    args: readonly string[],
    made: User,
    env: Record<string, string>,
    size: { columns?: number; rows?: number } = {},
  ): Promise<string> {
    const running = atTerminal(made, args, env, size);
    let isAnswered = false;
    running.onOutput((sent) => {
      if (isAnswered || !/\[Y\/n[^\]]*\]$/.test(plain(sent).replace(/\s+/g, ""))) return;
      isAnswered = true;
      running.type("n\r");
    });
    const { sent } = await running.ended;
    return sent;
  }

  for (const env of [{ TERM: "dumb" }, { NO_COLOR: "1" }] as const) {
    it(`with ${JSON.stringify(env)} there are no colours`, async () => {
      const made = user();
      for (const args of lines) {
        const sent = await sentOf(args, made, env);
        assert.notEqual(sent, "", args.join(" "));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are set by them.
        assert.doesNotMatch(sent, /\x1b\[[\d;]*m/, args.join(" "));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what else moves a cursor.
        if ("TERM" in env) assert.doesNotMatch(sent, /\x1b/, args.join(" "));
      }
    });
  }

  for (const columns of [20, 1]) {
    describe(`of ${columns} columns`, () => {
      // doctor shows fewer failures where they would not fit.
      const rows = 500;
      const words = async (args: readonly string[], size: object) => {
        const made = user();
        return (
          plain(await sentOf(args, made, { NO_COLOR: "1" }, { rows, ...size }))
            .replaceAll(made.home, "HOME")
            .replace(/\d+ [MG]iB free/, "")
            // A command continues on the next line.
            .replace(/\\\n/g, "")
            .replace(/\s+/g, "")
        );
      };

      // A table of status has fewer columns on a narrow terminal.
      for (const args of lines.filter(([command]) => command !== "status")) {
        it(`${args.join(" ")} prints the same words as at 80 columns`, async () => {
          const shown = await words(args, { columns });
          assert.doesNotMatch(shown, /UNEXPECTED/);
          assert.equal(shown, await words(args, {}));
        });
      }

      it("status has a short form of each registry", async () => {
        const { exitCode, sent } = await atTerminal(user(), ["status"], { NO_COLOR: "1" }, { columns }).ended;
        assert.equal(exitCode, 1);
        assert.match(plain(sent), /^1111\S*us-east-1/m);
      });
    });
  }

  it("that reports 0 columns, lines are wrapped at 80 columns", async () => {
    const made = user();
    const sized = ["status", "registries", "refresh --force", "configure-docker --undo --all"];
    for (const line of [...sized, "configure-docker ghcr.io"]) {
      const args = line.split(" ");
      const [unsized, usual] = [
        await sentOf(args, made, { NO_COLOR: "1" }, { columns: 0, rows: 0 }),
        await sentOf(args, made, { NO_COLOR: "1" }),
      ].map((sent) =>
        Math.max(
          ...plain(sent)
            .split("\n")
            .map((line) => line.length),
        ),
      );
      assert.ok((unsized ?? 0) > 20, args.join(" "));
      assert.equal(unsized, usual, args.join(" "));
    }
  });
});
