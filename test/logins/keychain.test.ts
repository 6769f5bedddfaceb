import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { KeychainLogins } from "../../src/logins/keychain.ts";
import { keychainMarkPath } from "../../src/store/files/paths.ts";
import { inParts } from "../../src/store/keychain/chunks.ts";
import { troubleOf } from "../../src/store/keychain/entries.ts";
import { keychainFailure } from "../../src/store/keychain/keychain.ts";
import { answerQuestion } from "../../src/store/keychain/service.ts";
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

  it("ask no keychain where none was ever stored", async () => {
    entries.broken = locked;
    assert.equal(await logins().get(hub), undefined);
    await logins().erase(hub);
    assert.deepEqual(await logins().list(), {});
  });

  it("are marked by a file that holds the server alone", async () => {
    await logins().store(hub, login);
    const path = keychainMarkPath(state(), hub);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), { format: 1, server: hub });
    assert.equal(modeOf(path), "0600");
  });

  it("lie under the server's own name, in words that a person understands", async () => {
    await logins().store(hub, login);
    assert.equal(
      Buffer.from(entries.held.get(hub) ?? []).toString(),
      '{"Username":"me","Secret":"hush-hush"}',
    );
  });

  it("leave no mark where the keychain took none", async () => {
    entries.broken = locked;
    await assert.rejects(logins().store(hub, login), {
      code: "KEYCHAIN_LOCKED",
      message: `the login to ${hub} was not stored: the keychain is locked`,
      fix: "go another way",
    });
    assert.deepEqual(marks(), []);
    assert.equal(await logins().get(hub), undefined);
  });

  it("keep the mark of the former where the keychain took no newer one", async () => {
    await logins().store(hub, login);
    entries.broken = locked;
    await assert.rejects(logins().store(hub, { ...login, secret: "new" }));
    entries.broken = undefined;
    assert.deepEqual(await logins().get(hub), login);
  });

  it("that can't be had are told of, and are still there after", async () => {
    await logins().store(hub, login);
    entries.broken = locked;
    await assert.rejects(logins().get(hub), { code: "KEYCHAIN_LOCKED", message: /can't be read/ });
    await assert.rejects(logins().erase(hub), { code: "KEYCHAIN_LOCKED", message: /can't be removed/ });
    await assert.rejects(logins().list(), { code: "KEYCHAIN_LOCKED", message: /can't be listed/ });
    entries.broken = undefined;
    assert.deepEqual(await logins().get(hub), login);
  });

  it("leave nothing behind when they are erased", async () => {
    await logins().store(hub, login);
    await logins().erase(hub);
    assert.deepEqual([marks(), entries.held.size], [[], 0]);
  });

  it("of more than 64 KiB are refused, and lose nothing", async () => {
    await logins().store(hub, login);
    const long = { ...login, secret: "x".repeat(64 * 1024 + 1) };
    await assert.rejects(logins().store(hub, long), { code: "LOGIN_TOO_LONG" });
    assert.deepEqual(await logins().get(hub), login);
  });

  it("that another program wrote over are told of, and nothing is repeated", async () => {
    await logins().store(hub, login);
    entries.held.set(hub, new TextEncoder().encode("hush-hush"));
    await assert.rejects(logins().get(hub), (error: Error) => !error.message.includes("hush"));
    assert.deepEqual(await logins().list(), {});
  });

  it("are listed past a file that is no mark", async () => {
    await logins().store(hub, login);
    writeFileSync(`${state()}/keychain/other.json`, "{", { mode: 0o600 });
    assert.deepEqual(await logins().list(), { [hub]: "me" });
  });
});

describe("a keychain's trouble", () => {
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
    ["", "KEYCHAIN_UNREACHABLE", /did not say why/],
  ] as const) {
    it(`is understood: ${message.slice(0, 60)}`, () => {
      const trouble = troubleOf(message);
      assert.equal(trouble.code, code);
      assert.match(trouble.what, what);
    });
  }

  it("goes back to who asked, without the question", async () => {
    const question = JSON.stringify({ write: { name: hub, value: "hush-hush" } });
    const entries = new MemoryEntries();
    entries.broken = locked;
    const keychain = async () => inParts(entries, undefined, String);
    const answer = await answerQuestion(question, keychain);
    assert.deepEqual(JSON.parse(answer), {
      failed: { code: "KEYCHAIN_LOCKED", what: "the keychain is locked" },
    });
    const unloadable = async () => {
      throw new Error("libc.so.7: cannot open shared object file\nhush-hush");
    };
    assert.match(
      await answerQuestion(question, unloadable),
      /can't be loaded \(libc\.so\.7: cannot open shared object file\)/,
    );
    const underneath = async () => {
      const cause = new Error("Cannot find module 'b'", {
        cause: new Error("a.node: failed to map segment"),
      });
      throw new Error("Cannot find native binding. Try npm i", { cause });
    };
    assert.match(
      await answerQuestion(question, underneath),
      /can't be loaded \(a\.node: failed to map segment\)/,
    );
    for (const text of ["", "hush-hush", "null"]) {
      const nonsense = await answerQuestion(text, async () =>
        inParts(new MemoryEntries(), undefined, String),
      );
      assert.match(nonsense, /KEYCHAIN_UNREACHABLE/);
      assert.doesNotMatch(nonsense, /hush/);
    }
  });
});
