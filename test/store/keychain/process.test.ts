import assert from "node:assert/strict";
import { environmentFor, KeychainProcess } from "../../../src/store/keychain/process.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

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
