import assert from "node:assert/strict";
import { healthyUser } from "../support/program/doctor.ts";
import { registry, useStanding } from "../support/program/standing.ts";
import { atTerminal } from "../support/program/terminal.ts";
import { configPath, type User } from "../support/program/user.ts";

/** Of the terminal, less that of the prompt. */
const rows = 23;

describe("doctor on a terminal of 24 lines", function () {
  this.timeout(120_000);
  const standing = useStanding({}, "proxy");
  const lastLines = (screen: string) => screen.trimEnd().split("\n").slice(-rows);

  /** Three failures that don't depend on each other. */
  function broken(): User {
    const user = healthyUser(standing);
    user.write(".docker/config.json", JSON.stringify({ credHelpers: { [registry]: "pass" } }));
    user.write(".aws/config", "[profile alice]\nsso_session = gone\n");
    user.write(configPath, "version: 1\nunknown: 1\n");
    return user;
  }

  it("shows failures on the last screen, each with its details and fix", async () => {
    const { screen, exitCode } = await atTerminal(broken(), ["doctor", registry]);
    assert.equal(exitCode, 1);
    const last = lastLines(screen);
    const failed = screen.split("\n").filter((line) => line.startsWith("failed"));
    const [, count] = /, (\d+) failed, /.exec(last.at(-1) ?? "") ?? assert.fail(screen);
    assert.ok(Number(count) >= 2, screen);
    assert.equal(failed.length, 2 * Number(count), "in the list, and at the end");
    const heads = last.flatMap((line, index) => (line.startsWith("failed") ? [index] : []));
    assert.equal(heads.length, Number(count), screen);
    for (const head of heads) {
      assert.match(last[head + 1] ?? "", /^ {9}seen {2}\S/);
      const end = last.findIndex((line, index) => index > head && !line.startsWith(" "));
      assert.ok(last.slice(head, end).some((line) => /^ {9}fix {3}\S/.test(line)));
    }
  });

  it("shows only failures with --failed, and only the summary without failures", async () => {
    const user = broken();
    const { stdout, exitCode } = await user.run(["doctor", registry, "--failed"]);
    assert.equal(exitCode, 1);
    assert.doesNotMatch(stdout, /^(ok|skipped) /m);
    assert.match(stdout, /^failed +docker-wiring +WIRED_ELSEWHERE\n +seen +.*\n/m);
    const well = await healthyUser(standing).run(["doctor", registry, "--failed"]);
    assert.match(well.stdout, /^docker-credential-ecr \S+, \S+\n\n\d+ ok, 0 failed, \d+ skipped\n$/);
    assert.equal((await user.run(["doctor", "--failed", "--json"])).exitCode, 1);
  });
});
