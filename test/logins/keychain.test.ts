import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { KeychainLogins } from "../../src/logins/keychain.ts";
import { keychainMarkPath } from "../../src/store/files/paths.ts";
import { inParts } from "../../src/store/keychain/chunks.ts";
import { keychainProblem } from "../../src/store/keychain/entries.ts";
import { keychainFailure } from "../../src/store/keychain/keychain.ts";
import { answerRequest } from "../../src/store/keychain/service.ts";
import { MemoryEntries } from "../support/fakes/memory-entries.ts";
import { modeOf, useTempFolder } from "../support/fakes/temp-folder.ts";

const hub = "https://index.docker.io/v1/";
const login = { username: "me", secret: "hush-hush" };
const locked = keychainFailure("KEYCHAIN_LOCKED", "the keychain is locked");

describe("logins in the keychain", () => {
  const folder = useTempFolder();
  let entries: MemoryEntries;
  beforeEach(() => {
    entries = new MemoryEntries();
  });
  const state = () => `${folder()}/state`;
  const logins = () => new KeychainLogins(state(), inParts(entries, undefined, String), "go another way");
  const marks = () => (existsSync(`${state()}/keychain`) ? readdirSync(`${state()}/keychain`) : []);

  it("don't call the keychain if none was ever stored", async () => {
    entries.broken = locked;
    assert.equal(await logins().get(hub), undefined);
    await logins().erase(hub);
    assert.deepEqual(await logins().list(), {});
  });

  it("are marked by a file that contains only the server", async () => {
    await logins().store(hub, login);
    const path = keychainMarkPath(state(), hub);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), { format: 1, server: hub });
    assert.equal(modeOf(path), "0600");
  });

  it("are stored under the server's name in a readable form", async () => {
    await logins().store(hub, login);
    assert.equal(
      Buffer.from(entries.held.get(hub) ?? []).toString(),
      '{"Username":"me","Secret":"hush-hush"}',
    );
  });

  it("have no mark if the keychain refused to store", async () => {
    entries.broken = locked;
    await assert.rejects(logins().store(hub, login), {
      code: "KEYCHAIN_LOCKED",
      message: `the login to ${hub} was not stored: the keychain is locked`,
      fix: "go another way",
    });
    assert.deepEqual(marks(), []);
    assert.equal(await logins().get(hub), undefined);
  });

  it("keep the mark of the previous login if the keychain refused a newer one", async () => {
    await logins().store(hub, login);
    entries.broken = locked;
    await assert.rejects(logins().store(hub, { ...login, secret: "new" }));
    entries.broken = undefined;
    assert.deepEqual(await logins().get(hub), login);
  });

  it("are reported if they can't be read, and are not lost", async () => {
    await logins().store(hub, login);
    entries.broken = locked;
    await assert.rejects(logins().get(hub), { code: "KEYCHAIN_LOCKED", message: /can't be read/ });
    await assert.rejects(logins().erase(hub), { code: "KEYCHAIN_LOCKED", message: /can't be removed/ });
    await assert.rejects(logins().list(), { code: "KEYCHAIN_LOCKED", message: /can't be listed/ });
    entries.broken = undefined;
    assert.deepEqual(await logins().get(hub), login);
  });

  it("are erased completely", async () => {
    await logins().store(hub, login);
    await logins().erase(hub);
    assert.deepEqual([marks(), entries.held.size], [[], 0]);
  });

  it("of more than 64 KiB are refused, and the previous login stays", async () => {
    await logins().store(hub, login);
    const long = { ...login, secret: "x".repeat(64 * 1024 + 1) };
    await assert.rejects(logins().store(hub, long), { code: "LOGIN_TOO_LONG" });
    assert.deepEqual(await logins().get(hub), login);
  });

  it("overwritten by another program are reported without their content", async () => {
    await logins().store(hub, login);
    entries.held.set(hub, new TextEncoder().encode("hush-hush"));
    await assert.rejects(logins().get(hub), (error: Error) => !error.message.includes("hush"));
    assert.deepEqual(await logins().list(), {});
  });

  it("are listed despite a file that is not a mark", async () => {
    await logins().store(hub, login);
    writeFileSync(`${state()}/keychain/other.json`, "{", { mode: 0o600 });
    assert.deepEqual(await logins().list(), { [hub]: "me" });
  });
});

describe("a keychain's error", () => {
  for (const [message, code, what] of [
    [
      "Couldn't access platform storage: Secret Service: unlock prompt was dismissed",
      "KEYCHAIN_LOCKED",
      /locked/,
    ],
    ["User interaction is not allowed.", "KEYCHAIN_LOCKED", /locked/],
    [
      "Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead",
      "KEYCHAIN_UNREACHABLE",
      /DBUS_SESSION_BUS_ADDRESS is not set/,
    ],
    [
      "Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files",
      "KEYCHAIN_UNREACHABLE",
      /no Secret Service/,
    ],
    [
      "Platform failure: DBus error: Did not receive a reply. Possible causes…",
      "KEYCHAIN_TIMEOUT",
      /not answer/,
    ],
    [
      "Entry is matched by 2 credentials: [Entry { inner: Wrapper { path: Path(",
      "KEYCHAIN_UNREACHABLE",
      /several entries of that name/,
    ],
    ["Platform failure: something new", "KEYCHAIN_UNREACHABLE", /\(something new\)/],
    ["", "KEYCHAIN_UNREACHABLE", /gave no reason/],
  ] as const) {
    it(`is understood: ${message.slice(0, 60)}`, () => {
      const trouble = keychainProblem(message);
      assert.equal(trouble.code, code);
      assert.match(trouble.what, what);
    });
  }

  it("is returned to the caller, without the request", async () => {
    const question = JSON.stringify({ write: { name: hub, value: "hush-hush" } });
    const entries = new MemoryEntries();
    entries.broken = locked;
    const keychain = async () => inParts(entries, undefined, String);
    const answer = await answerRequest(question, keychain);
    assert.deepEqual(JSON.parse(answer), {
      failed: { code: "KEYCHAIN_LOCKED", what: "the keychain is locked" },
    });
    const unloadable = async () => {
      throw new Error("libc.so.7: cannot open shared object file\nhush-hush");
    };
    assert.match(
      await answerRequest(question, unloadable),
      /can't be loaded \(libc\.so\.7: cannot open shared object file\)/,
    );
    const underneath = async () => {
      const cause = new Error("Cannot find module 'b'", {
        cause: new Error("a.node: failed to map segment"),
      });
      throw new Error("Cannot find native binding. Try npm i", { cause });
    };
    assert.match(
      await answerRequest(question, underneath),
      /can't be loaded \(a\.node: failed to map segment\)/,
    );
    for (const text of ["", "hush-hush", "null"]) {
      const nonsense = await answerRequest(text, async () => inParts(new MemoryEntries(), undefined, String));
      assert.match(nonsense, /KEYCHAIN_UNREACHABLE/);
      assert.doesNotMatch(nonsense, /hush/);
    }
  });
});
