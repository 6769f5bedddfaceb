import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { type Child, useChildren } from "../support/fakes/child.ts";
import { member, registry, useStanding } from "../support/program/standing.ts";
import { tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";

describe("a daemon with a service manager", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  const standing = useStanding();
  const startChild = useChildren();

  function userWith(config: string): User {
    const user = standing.user();
    user.writeAwsKeys({ alice: member("alice") });
    user.write(configPath, config);
    return user;
  }

  const alice = `version: 1
identities: { alice: { profile: alice } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]
`;

  const messages = (manager: Child) => manager.lines.slice(1).map((line): string => JSON.parse(line));

  async function managerAt(address: string): Promise<Child> {
    const manager = startChild("./notify-socket.ts", [address]);
    await manager.said('"bound"');
    return manager;
  }

  for (const [kind, addressIn] of [
    ["a socket file", (user: User) => join(user.home, "notify")],
    ["an abstract socket", () => `@ecr-${crypto.randomUUID()}`],
  ] as const) {
    it(`reports ready after its first pass, watchdog messages and its end, by ${kind}`, async () => {
      const user = userWith(alice);
      const address = addressIn(user);
      const manager = await managerAt(address);
      const daemon = user.start(["daemon"], { env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: "300000000" } });
      await eventually("READY", () => messages(manager).some((each) => each.startsWith("READY=1")));
      assert.ok(existsSync(tokenFile(user, registry)));
      const ready = "READY=1\nWATCHDOG=1\nSTATUS=1 registry managed, 0 failures";
      const waiting = "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=300000000";
      // A step for the renewal and one for the registry's file.
      assert.deepEqual(messages(manager), [waiting, waiting, ready]);
      daemon.kill("SIGHUP");
      await eventually("the next pass", () => messages(manager).length >= 4);
      assert.equal(messages(manager)[3], ready);
      daemon.kill("SIGTERM");
      assert.equal((await daemon.ended).exitCode, 0);
      await eventually("STOPPING", () => messages(manager).includes("STOPPING=1\nSTATUS=ending"));
    });
  }

  it("is not ready while AWS hangs, and sends no watchdog message without progress", async () => {
    const user = userWith(alice);
    standing.aws.controls.hang("GetAuthorizationToken");
    const manager = await managerAt(join(user.home, "notify"));
    const env = { NOTIFY_SOCKET: join(user.home, "notify"), WATCHDOG_USEC: "300000000" };
    const daemon = user.start(["daemon"], { env });
    await eventually("a call", () => standing.calls() > 0);
    // It takes signals, so its loop is not blocked; its pass is.
    daemon.kill("SIGHUP");
    daemon.kill("SIGTERM");
    await daemon.ended;
    await eventually("STOPPING", () => messages(manager).at(-1)?.startsWith("STOPPING"));
    assert.equal(messages(manager).filter((each) => each.startsWith("WATCHDOG=1")).length, 1);
    assert.ok(!messages(manager).some((each) => each.includes("READY")));
  });

  for (const args of [["daemon"], ["daemon", "--once"]]) {
    it(`${args.join(" ")} passes no variable of the manager to a credential_process`, async () => {
      const user = userWith(`version: 1
identities: { by-process: { profile: by-process } }
registries: [{ account: "111122223333", regions: [us-east-1], identity: by-process }]
`);
      const seen = join(user.home, "seen");
      const script = user.write("process.sh", `env >${seen}.new; mv ${seen}.new ${seen}\n`);
      user.writeAwsConfig({ "profile by-process": { credential_process: `/bin/sh ${script}` } });
      const env = { NOTIFY_SOCKET: join(user.home, "nobody"), WATCHDOG_USEC: "1", WATCHDOG_PID: "1" };
      const daemon = user.start(args, { env });
      await eventually("its credential_process", () => existsSync(seen));
      daemon.kill("SIGTERM");
      await daemon.ended;
      assert.doesNotMatch(readFileSync(seen, "utf8"), /NOTIFY_SOCKET|WATCHDOG/);
    });
  }

  it("continues if the manager can't be notified", async () => {
    for (const NOTIFY_SOCKET of ["/nowhere/at/all", "vsock:2:1"]) {
      const user = userWith(alice);
      const daemon = user.start(["daemon"], { env: { NOTIFY_SOCKET } });
      await eventually("the token", () => existsSync(tokenFile(user, registry)));
      daemon.kill("SIGTERM");
      const { exitCode, stderr } = await daemon.ended;
      assert.equal(exitCode, 0);
      assert.equal(stderr.match(/can't be reached/g)?.length, 1);
    }
  });

  it("needs no HOME", async () => {
    const user = userWith(alice);
    const env = {
      HOME: undefined,
      XDG_CONFIG_HOME: join(user.home, ".config"),
      XDG_STATE_HOME: join(user.home, ".local/state"),
      AWS_SHARED_CREDENTIALS_FILE: join(user.home, ".aws/credentials"),
    };
    const daemon = user.start(["daemon"], { env });
    await eventually("the token", () => existsSync(tokenFile(user, registry)));
    daemon.kill("SIGTERM");
    assert.equal((await daemon.ended).exitCode, 0);
  });
});
