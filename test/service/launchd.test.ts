import assert from "node:assert/strict";
import type { ProgramResult, RunProgram } from "../../src/process/run-program.ts";
import { accountNamed, accountOf } from "../../src/service/account.ts";
import { launchd } from "../../src/service/launchd.ts";

const ci = { name: "ci", uid: 501, home: "/Users/ci" };
const own = { isSystem: false, account: ci };
const path = "/Users/ci/Library/LaunchAgents/docker-credential-ecr.plist";
const running = "gui/501/docker-credential-ecr = {\n\tactive count = 1\n\tstate = running\n\tpid = 77\n}";

/** A launchctl that records its calls; those without a given answer fail. */
function fakeLaunchctl(answers: Readonly<Record<string, string>>) {
  const calls: string[] = [];
  const run: RunProgram = async (program, args): Promise<ProgramResult> => {
    const call = [program, ...args].join(" ");
    calls.push(call);
    const stdout = answers[call];
    return {
      exitCode: stdout === undefined ? 113 : 0,
      stdout: stdout ?? "",
      message: "no",
      isMissing: false,
    };
  };
  return { calls, run };
}

describe("launchd", () => {
  it("starts an agent for a user at the machine", async () => {
    const { calls, run } = fakeLaunchctl({ [`launchctl bootstrap gui/501 ${path}`]: "" });
    const manager = launchd(own, run);
    assert.equal(manager.path, path);
    await manager.start(true);
    assert.deepEqual(calls.slice(-2), [
      "launchctl enable gui/501/docker-credential-ecr",
      `launchctl bootstrap gui/501 ${path}`,
    ]);
  });

  it("starts it for a user who is logged in only by ssh, and reports failures", async () => {
    const { calls, run } = fakeLaunchctl({ [`launchctl bootstrap user/501 ${path}`]: "" });
    await launchd(own, run).start(true);
    assert.equal(calls.at(-1), `launchctl bootstrap user/501 ${path}`);
    await assert.rejects(launchd(own, fakeLaunchctl({}).run).start(true), { code: "SERVICE_FAILED" });
  });

  it("does not restart an unchanged service that runs, and restarts a changed one", async () => {
    const answers = {
      "launchctl print gui/501/docker-credential-ecr": running,
      [`launchctl bootstrap gui/501 ${path}`]: "",
    };
    const same = fakeLaunchctl(answers);
    await launchd(own, same.run).start(false);
    assert.deepEqual(same.calls, ["launchctl print gui/501/docker-credential-ecr"]);
    const changed = fakeLaunchctl(answers);
    await launchd(own, changed.run).start(true);
    assert.ok(changed.calls.includes("launchctl bootout gui/501/docker-credential-ecr"));
  });

  it("reports its state", async () => {
    const { run } = fakeLaunchctl({ "launchctl print gui/501/docker-credential-ecr": running });
    const { isRunning, line } = await launchd(own, run).state();
    assert.deepEqual([isRunning, line], [true, "docker-credential-ecr: running, process 77"]);
    assert.equal((await launchd(own, fakeLaunchctl({}).run).state()).isRunning, false);
  });

  it("starts a system daemon in its domain", async () => {
    const plist = "/Library/LaunchDaemons/docker-credential-ecr-ci.plist";
    const { calls, run } = fakeLaunchctl({ [`launchctl bootstrap system ${plist}`]: "" });
    await launchd({ isSystem: true, account: ci }, run).start(true);
    assert.equal(calls.at(-1), `launchctl bootstrap system ${plist}`);
  });
});

describe("accountOf", () => {
  it("uses only the number", async () => {
    const mac = fakeLaunchctl({ "id -P 501": "ci:********:501:20::0:0:CI User:/Users/ci:/bin/zsh" });
    assert.deepEqual(await accountOf(501, mac.run, "darwin"), ci);
    const linux = fakeLaunchctl({ "getent passwd 501": "ci:x:501:501::/Users/ci:/bin/sh" });
    assert.deepEqual(await accountOf(501, linux.run, "linux"), ci);
    await assert.rejects(accountOf(502, linux.run, "linux"), { code: "NO_ACCOUNT" });
  });
});

describe("accountNamed", () => {
  it("reads the system's account of a user", async () => {
    const mac = fakeLaunchctl({ "id -P ci": "ci:********:501:20::0:0:CI User:/Users/ci:/bin/zsh" });
    assert.deepEqual(await accountNamed("ci", mac.run, "darwin"), ci);
    const linux = fakeLaunchctl({ "getent passwd ci": "ci:x:501:501::/Users/ci:/bin/sh" });
    assert.deepEqual(await accountNamed("ci", linux.run, "linux"), ci);
  });

  it("refuses users without a home folder, and invalid names", async () => {
    const { calls, run } = fakeLaunchctl({
      "getent passwd nobody": "nobody:x:65534:65534::/nonexistent:/bin/false",
    });
    await assert.rejects(accountNamed("nobody", run, "linux"), { code: "USER_HOME" });
    for (const name of ["-rf", "a b", "a\nb", "%h", "1000", ""]) {
      await assert.rejects(accountNamed(name, run, "linux"), { code: "UNKNOWN_USER" });
    }
    assert.equal(calls.length, 1);
  });
});
