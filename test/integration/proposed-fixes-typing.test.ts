import assert from "node:assert/strict";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import type { Ran } from "../support/program/run.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";

const name = "docker-credential-ecr";
const misspelt = registry.replace("us-east-1", "us-esat-1");

/** Mistyped command lines. What their messages propose is tried. */
const lines = [
  `get ${registry}`,
  "list x",
  "version x",
  "login",
  `login ${registry}`,
  `setup ${registry}`,
  "init",
  "start",
  "stop",
  "restart",
  `check ${registry}`,
  "renew",
  `renew ${registry}`,
  "ls",
  "help",
  "help status",
  "-V",
  "statsu",
  "registires",
  "status --jsno",
  "configure-docker --al --dry-run",
  "config chekc",
  "service statsu",
  "refresh --min-validity 2hours",
  "export --format docker-confg",
  "completion bahs",
  `refresh ${misspelt}`,
  `configure-docker ${misspelt}`,
  `doctor ${misspelt}`,
] as const;

describe("a get for a misspelt region", () => {
  const standing = useStanding();
  it("names the nearest region", async () => {
    const user = keeper(standing, aliceKeeps("111122223333"));
    const env = { AWS_ENDPOINT_URL: "https://api.ecr.invalid" };
    const { exitCode, stderr } = await user.get(misspelt, { env });
    assert.equal(exitCode, 1);
    assert.match(stderr, /us-esat-1 is not an AWS region\. Fix: write us-east-1 in the host of the registry/);
  });
});

/** The command lines that a message proposes for another one; the first part is what is piped into the second. */
function proposals(line: string, message: string): readonly string[] {
  const [, piped] = /on stdin: (echo \S+ \| docker-credential-ecr get)/.exec(message) ?? [];
  if (piped) return [piped];
  const quoted = [...message.matchAll(/'(docker-credential-ecr[^']*)'/g)].map(([, command = ""]) => command);
  const [, nearest] = /did you mean (\S+?)\?/.exec(message) ?? [];
  const words = line.split(" ");
  const wrong = words.find((word) => message.includes(`'${word}'`)) ?? words[0] ?? "";
  if (nearest) return [`${name} ${line.replace(wrong, nearest)}`];
  const [, region] = /(?:Fix:|\bfix) write ([a-z-]+\d)\b/.exec(message) ?? [];
  if (region) return [`${name} ${line.replace("us-esat-1", region)}`];
  const [, choice] = /Allowed choices are ([a-z-]+)/.exec(message) ?? [];
  if (choice) return [`${name} ${line.replace(words.at(-1) ?? "", choice)}`, ...quoted];
  const [, duration] = /use a duration such as (\w+)/.exec(message) ?? [];
  if (duration) return [`${name} ${line.replace(words.at(-1) ?? "", duration)}`];
  return quoted;
}

describe("the command lines that messages about mistyped ones propose", function () {
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");

  async function type(user: User, line: string): Promise<Ran> {
    const [echo = "", command] = line.split(" | ");
    if (command !== undefined)
      return user.run(command.split(" ").slice(1), { input: echo.slice("echo ".length) });
    const args = line.split(" ").slice(1);
    // The service manager belongs to the machine.
    if (args[0] === "service" && args[1] !== "status" && args[1] !== "restart") args.push("--dry-run");
    if (line === `${name} configure-docker`) args.push("--yes");
    return user.run(args, { input: "unused" });
  }

  for (const line of lines) {
    it(`${line}`, async () => {
      const user = keeper(standing, aliceKeeps("111122223333"));
      user.env["PATH"] = "/usr/bin:/bin";
      const wrong = await type(user, `${name} ${line}`);
      assert.notEqual(wrong.exitCode, 0, line);
      const message = wrong.stderr + (line.startsWith("doctor") ? wrong.stdout.replace(/\s+/g, " ") : "");
      const commands = proposals(line, message);
      assert.ok(commands.length > 0, message);
      for (const command of commands) {
        const { stdout, stderr } = await type(user, command);
        assert.doesNotMatch(stderr, /\[(?:USAGE|NOT_ECR)\]|unknown|did you mean/, command);
        assert.doesNotMatch(
          stdout,
          /unknown action|^Usage: docker-credential-ecr <store[^\n]*\n$|NOT_ECR/,
          command,
        );
      }
    });
  }
});
