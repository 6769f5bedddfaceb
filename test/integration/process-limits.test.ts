import assert from "node:assert/strict";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { shell } from "../support/program/namespace.ts";
import { hasFront, programAlone } from "../support/program/program.ts";
import type { Ran } from "../support/program/run.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

/** What a process may start the program with. `front`: only the native front can refuse it before the runtime crashes. */
const starts: Readonly<Record<string, { script: string; cold: "answers" | "may refuse"; front?: true }>> = {
  "umask 777": { script: "umask 777", cold: "answers" },
  "umask 0": { script: "umask 0", cold: "answers" },
  "a closed stderr": { script: "exec 2>&-", cold: "answers" },
  "ulimit -f 0": { script: "ulimit -f 0", cold: "answers" },
  "ulimit -s 128": { script: "ulimit -s 128", cold: "may refuse", front: true },
  "ulimit -s 512": { script: "ulimit -s 512", cold: "answers" },
  "ulimit -n 4": { script: "ulimit -n 4", cold: "may refuse", front: true },
  "ulimit -n 8": { script: "ulimit -n 8", cold: "may refuse", front: true },
  "ulimit -n 20": { script: "ulimit -n 20", cold: "may refuse" },
  "ulimit -n 64": { script: "ulimit -n 64", cold: "answers" },
  "ulimit -v 50000": { script: "ulimit -v 50000", cold: "may refuse", front: true },
  "ulimit -v 200000": { script: "ulimit -v 200000", cold: "may refuse", front: true },
};

describe("a get that starts with", function () {
  this.timeout(120_000);
  const standing = useStanding();
  let alice: User;
  beforeEach(() => {
    alice = standing.user(keys("alice"));
  });

  const programs = { "the native front": undefined, "the TypeScript program": programAlone() };
  for (const [name, program] of Object.entries(programs)) {
    if (program === undefined && !hasFront) continue;
    const run = (script: string) => {
      const command = program === undefined ? '"$@"' : `"${program}" get`;
      return alice.get(registry, { through: shell(`${script}; exec ${command}`) });
    };
    for (const [what, { script, cold, front }] of Object.entries(starts)) {
      if (program !== undefined && front) continue;
      it(`${what} answers, or has an error with a code; ${name}`, async () => {
        const ran = await run(script);
        if (cold === "answers") answered(ran, registry);
        else assertAnsweredOrRefused(ran);
        const secret = answered(await alice.get(registry), registry);
        assertPrivate(alice.state);
        // A stored token needs none of what the limits take away.
        if (program === undefined) assert.equal(answered(await run(script), registry), secret);
      });
    }

    it(`a closed stdin or stdout has an error; ${name}`, async () => {
      assert.equal((await run("exec <&-")).stdout, "no credentials server URL\n");
      for (const state of ["cold", "warm"]) {
        const { stderr, exitCode } = await run("exec >&-");
        assert.equal(exitCode, 1, state);
        assert.match(stderr, /\[STDOUT_WRITE\]\n$/);
        await alice.get(registry);
      }
      assert.equal((await run("exec <&- >&- 2>&-")).exitCode, 1);
    });
  }
});

function assertAnsweredOrRefused(ran: Ran): void {
  if (ran.exitCode === 0) {
    answered(ran, registry);
    return;
  }
  assert.equal(ran.exitCode, 1);
  assert.match(ran.stderr, /Fix: .* \[[A-Z_]+\]\n$/);
  assert.notEqual(ran.stdout, "");
}

/** All folders have mode 0700 and all files 0600. */
function assertPrivate(folder: string): void {
  for (const name of ["", ...readdirSync(folder, { recursive: true }).map(String)]) {
    const stats = lstatSync(join(folder, name));
    assert.equal((stats.mode & 0o777).toString(8), stats.isDirectory() ? "700" : "600", name);
  }
}
