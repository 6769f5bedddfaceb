import assert from "node:assert/strict";
import { hasCompiler } from "../native/readers.ts";
import { shell } from "../support/program/namespace.ts";
import { programAlone } from "../support/program/program.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, silent, told } from "../support/program/verdicts.ts";

const [head, tail] = [registry.slice(0, 20), registry.slice(20)];

const nonBlocking = `perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK) or die; exec @ARGV' "$@"`;

const itWithFront = hasCompiler ? it : it.skip;

describe("stdin", () => {
  const standing = useStanding();
  let alice: User;
  let warmSecret: string;

  beforeEach(async () => {
    alice = standing.user(keys("alice"));
    warmSecret = answered(await alice.get(registry), registry);
  });

  const feeds: Readonly<Record<string, string>> = {
    "a pipe": `printf %s ${registry} | "$@"`,
    "a pipe with late input": `{ sleep 0.1; printf %s ${registry}; } | "$@"`,
    "a pipe with input in parts": `{ printf %s ${head}; sleep 0.1; echo ${tail}; } | "$@"`,
    "a non-blocking pipe with late input": `{ sleep 0.1; echo ${registry}; } | ${nonBlocking}`,
    "a non-blocking pipe with input in parts": `{ printf %s ${head}; sleep 0.1; echo ${tail}; } | ${nonBlocking}`,
    "a file": `printf %s ${registry} >"$HOME/input"; "$@" <"$HOME/input"`,
  };

  for (const [what, script] of Object.entries(feeds)) {
    it(`may be ${what}`, async () => {
      const ran = await alice.get("", { through: shell(script) });
      assert.equal(answered(ran, registry), warmSecret);
    });
  }

  for (const [what, script] of [
    ["a folder", '"$@" </'],
    ["a descriptor for writing", '"$@" 0>"$HOME/written"'],
  ] as const) {
    it(`causes STDIN_READ if it is ${what}, also without the native front`, async () => {
      for (const program of ['"$@"', `${programAlone()} get`]) {
        const ran = await alice.get("", { through: shell(script.replace('"$@"', program)) });
        told(ran, "STDIN_READ", "stdin can't be read");
      }
    });
  }

  it("that is closed or empty has no server URL", async () => {
    const answers = await Promise.all(
      ['"$@" <&-', '"$@" </dev/null'].map((script) => alice.get("", { through: shell(script) })),
    );
    for (const { stdout, stderr, exitCode } of answers) {
      assert.deepEqual(
        { stdout, stderr, exitCode },
        { stdout: "no credentials server URL\n", stderr: "", exitCode: 1 },
      );
    }
  });

  it("of some megabytes is refused", async () => {
    const endings = [1 << 20, (1 << 20) + (1 << 16), 2_000_000, 1 << 22].map(async (size) => {
      const name = `"$HOME/input-${size}"`;
      const script = `{ head -c ${size} /dev/zero | tr '\\0' x; echo; echo ${registry}; } >${name}; "$@" <${name}`;
      told(await alice.get("", { through: shell(script) }), "BAD_SERVER_URL");
    });
    await Promise.all(endings);
  });

  // 'yes' ends with the pipe that nobody reads any more.
  it("without an end is not read forever", async () => {
    const ran = await alice.get("", { through: shell('yes | timeout -s KILL 5 "$@"') });
    told(ran, "BAD_SERVER_URL");
  });

  for (const [how, held] of Object.entries({
    "that is never closed": '3<>"$HOME/pipe"; echo "$HOST" >&3',
    "that never has input": '3<>"$HOME/pipe"',
  })) {
    it(`${how} ends a get after 19 seconds without the native program`, async function () {
      this.timeout(120_000);
      const script = `mkfifo "$HOME/pipe"; exec ${held}; shift; exec "${programAlone()}" "$@" <&3`;
      const ran = await alice.get("", { through: shell(script), env: { HOST: registry } });
      assert.match(ran.stderr, /did not end within 19 s.*\[STDIN_READ\]\n$/);
      assert.equal(ran.exitCode, 1);
    });
  }

  itWithFront("that is never closed ends a get after 19 seconds", async function () {
    this.timeout(120_000);
    const held = shell('mkfifo "$HOME/pipe"; exec 3<>"$HOME/pipe"; echo "$HOST" >&3; "$@" <&3');
    const ran = await alice.get("", { through: held, env: { HOST: registry } });
    assert.match(ran.stderr, /did not end within 19 s.*\[STDIN_READ\]\n$/);
    assert.equal(ran.exitCode, 1);
  });

  it("of store can be as long as a token", async () => {
    const secret = "s".repeat(60_000);
    silent(await alice.store(registry, "AWS", secret));
    const { Secret } = JSON.parse((await alice.get(registry)).stdout);
    assert.ok(Secret === secret);
  });

  it("is not read by list and version", async () => {
    // A pipe that is open at both ends never ends.
    const held = shell('mkfifo "$HOME/pipe"; "$@" 0<>"$HOME/pipe"');
    assert.equal((await alice.run(["version"], { through: held })).exitCode, 0);
    assert.equal((await alice.run(["list"], { through: held })).exitCode, 0);
  });
});
