import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, symlinkSync } from "node:fs";
import { environmentFor, KeychainProcess } from "../../../src/store/keychain/process.ts";
import { itAsRoot, modeOf, otherUserId, useTempFolder } from "../../support/fakes/temp-folder.ts";

const BUSES: readonly [address: string, isAllowed: boolean][] = [
  ["unix:path=/run/user/1000/bus", true],
  ["unix:abstract=/tmp/dbus-x,guid=0123", true],
  ["tcp:host=127.0.0.1,port=1234", true],
  ["unix:path=/a;tcp:host=b,port=1;", true],
  ["", true],
  ["unixexec:path=/bin/touch,argv1=/tmp/x", false],
  ["unix:path=/absent;unixexec:path=/bin/touch,argv1=/tmp/x", false],
  [" unixexec:path=/bin/touch", false],
  ["UNIX:path=/a", false],
  ["autolaunch:", false],
  ["launchd:env=X", false],
  ["nonce-tcp:host=a,port=1,noncefile=/etc/passwd", false],
  ["systemd:", false],
  ["vsock:cid=2,port=1", false],
  ["/bin/touch", false],
];

describe("the environment of the process that calls the keychain", () => {
  for (const [address, isAllowed] of BUSES) {
    it(`${isAllowed ? "has" : "refuses"} the D-Bus address ${JSON.stringify(address)}`, () => {
      const env = () => environmentFor({ DBUS_SESSION_BUS_ADDRESS: address }, () => false);
      if (isAllowed) assert.equal(env()["DBUS_SESSION_BUS_ADDRESS"], address);
      else assert.throws(env, { code: "KEYCHAIN_UNREACHABLE", message: /DBUS_SESSION_BUS_ADDRESS/ });
    });
  }

  it("has the user's own session by default, and no variables that load code", () => {
    const env = environmentFor(
      { XDG_RUNTIME_DIR: "/run/user/1", BUN_OPTIONS: "x", NAPI_RS_FORCE_WASI: "1" },
      () => true,
    );
    assert.deepEqual(env, {
      XDG_RUNTIME_DIR: "/run/user/1",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1/bus",
    });
  });
});

describe("the process that calls the keychain", () => {
  const folder = useTempFolder();
  const provider = (...command: readonly string[]) =>
    new KeychainProcess({ command, env: {}, state: `${folder()}/state`, limit: 5_000 }).read(["name"]);

  it("is reported as a keychain failure if it can't be started, so that the caller continues without", async () => {
    await assert.rejects(provider(`${folder()}/absent`), {
      code: "KEYCHAIN_UNREACHABLE",
      message: /can't be started \(ENOENT\)/,
    });
  });

  it("is reported as a keychain failure if it ends early or its answer is invalid", async () => {
    for (const script of [
      "kill -KILL $$",
      "exit 1",
      "echo rubbish",
      "echo '{}'",
      "echo null",
      `echo '{"values":3}'`,
    ]) {
      await assert.rejects(provider("/bin/sh", "-c", script), { code: "KEYCHAIN_UNREACHABLE" }, script);
    }
  });
});

describe("the folder into which the keychain's library is unpacked", () => {
  const folder = useTempFolder();
  const read = (state: string) =>
    new KeychainProcess({ command: ["/bin/sh", "-c", `touch ${folder()}/ran`], env: {}, state, limit: 5_000 })
      .read(["name"])
      .catch((error) => error);
  const isRefused = async (state: string, why: RegExp) => {
    const error = await read(state);
    assert.equal(error.code, "STATE_FOLDER");
    assert.match(error.message, why);
    assert.equal(existsSync(`${folder()}/ran`), false, "no process was started");
  };
  const isAccepted = async (state: string) => {
    assert.equal((await read(state)).code, "KEYCHAIN_UNREACHABLE");
    assert.ok(existsSync(`${folder()}/ran`));
  };

  itAsRoot("may not be in another user's state folder, who could exchange it", async () => {
    mkdirSync(`${folder()}/state/native`, { recursive: true, mode: 0o700 });
    chmodSync(`${folder()}/state`, 0o777);
    chownSync(`${folder()}/state`, otherUserId, otherUserId);
    await isRefused(`${folder()}/state`, new RegExp(`belongs to user ${otherUserId}`));
  });

  itAsRoot("may not be below another user's folder, or a link of another user", async () => {
    mkdirSync(`${folder()}/theirs/state/native`, { recursive: true, mode: 0o700 });
    chownSync(`${folder()}/theirs`, otherUserId, otherUserId);
    await isRefused(`${folder()}/theirs/state`, new RegExp(`belongs to user ${otherUserId}`));
    mkdirSync(`${folder()}/own/state/native`, { recursive: true, mode: 0o700 });
    symlinkSync("own", `${folder()}/link`);
    lchownSync(`${folder()}/link`, otherUserId, otherUserId);
    await isRefused(`${folder()}/link/state`, new RegExp(`belongs to user ${otherUserId}`));
  });

  it("may not be below a folder that other users can write, unless it has the sticky bit", async () => {
    mkdirSync(`${folder()}/open`);
    chmodSync(`${folder()}/open`, 0o777);
    await isRefused(`${folder()}/open/state`, /other users can write to/);
    chmodSync(`${folder()}/open`, 0o1777);
    await isAccepted(`${folder()}/open/state`);
  });

  it("may be below a link of this user, and in a state folder that was open", async () => {
    mkdirSync(`${folder()}/real`, { recursive: true });
    symlinkSync("real", `${folder()}/link`);
    mkdirSync(`${folder()}/real/state`);
    chmodSync(`${folder()}/real/state`, 0o777);
    await isAccepted(`${folder()}/link/state`);
    assert.equal(modeOf(`${folder()}/real/state`), "0700");
  });
});
