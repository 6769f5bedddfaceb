import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readAtRest, writeAtRest } from "../../../src/store/encryption/mode.ts";
import { atRestPath, authorizationPath, loginPath, tokenPath } from "../../../src/store/files/paths.ts";
import { keychainFailure } from "../../../src/store/keychain/keychain.ts";
import { TokenStore } from "../../../src/store/tokens/token-store.ts";
import { Failure } from "../../../src/token/failure.ts";
import {
  authorizationEntry,
  failureEntry,
  host,
  loginEntry,
  logoutEntry,
  otherHost,
  registryEntry,
} from "../../support/fakes/entries.ts";
import { MemoryEntries } from "../../support/fakes/memory-entries.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";
import { tokenKeyIn } from "../../support/fakes/token-key.ts";
import { amend, everythingIn } from "../../support/program/state.ts";

const locked = keychainFailure("KEYCHAIN_LOCKED", "the keychain is locked");

describe("store: keychain", () => {
  const folder = useTempFolder();
  const state = () => `${folder()}/state`;
  let entries: MemoryEntries;
  let reported: string[];
  beforeEach(() => {
    entries = new MemoryEntries();
    reported = [];
  });

  /** The store as another process opens it. */
  const open = () =>
    new TokenStore(state(), (line) => reported.push(line), {
      key: tokenKeyIn(state(), entries, { cooldown: 0 }),
    });

  async function written(wanted: "file" | "keychain"): Promise<void> {
    const store = open();
    await store.convertEncryption(wanted);
    await store.writeRegistry(registryEntry());
    await store.writeLogin(loginEntry({ host: otherHost }));
    await store.writeAuthorization("key", authorizationEntry());
    await store.writeFailure("other", failureEntry());
  }

  async function allIsRead(store = open()): Promise<void> {
    assert.deepEqual(await store.readRegistry(host), registryEntry());
    assert.deepEqual(await store.readLogin(otherHost), loginEntry({ host: otherHost }));
    assert.deepEqual(await store.readAuthorization("key"), authorizationEntry());
    assert.deepEqual(await store.readFailure("other"), failureEntry());
  }

  /** The content of all files. */
  const onDisk = () =>
    everythingIn(state())
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "latin1"))
      .join("\n");

  const nothingPlain = () => assert.doesNotMatch(onDisk(), /made-up/);

  const isLocked = (error: unknown) => error instanceof Failure && error.code === "KEYCHAIN_LOCKED";

  it("stores no secret in plain text, and the identity stays readable", async () => {
    await written("keychain");
    nothingPlain();
    await allIsRead();
    assert.match(readFileSync(tokenPath(state(), host), "utf8"), /profile ci/);
  });

  it("does not decrypt a file that was moved", async () => {
    await written("keychain");
    await open().writeRegistry(registryEntry({ host: otherHost, secret: "made-up other" }));
    renameSync(tokenPath(state(), otherHost), tokenPath(state(), host));
    amend(tokenPath(state(), host), (text) => text.replaceAll(otherHost, host));
    assert.equal(await open().readRegistry(host), undefined);
    renameSync(authorizationPath(state(), "key"), authorizationPath(state(), "elsewhere"));
    assert.equal(await open().readAuthorization("elsewhere"), undefined);
    assert.equal(reported.length, 2);
    for (const line of reported)
      assert.match(line, /^STATE_FILE .*encrypted with another key, changed or moved/);
  });

  it("does not decrypt a file whose life or conditions were changed", async () => {
    await written("keychain");
    const path = tokenPath(state(), host);
    const text = readFileSync(path, "utf8");
    for (const [from, to] of [
      ["\nexpires 1", "\nexpires 2"],
      ["profile ci", "profile xx"],
      ['username "AWS"', 'username "SWA"'],
    ] as const) {
      assert.ok(text.includes(from));
      writeFileSync(path, text);
      amend(path, (amended) => amended.replace(from, to));
      assert.equal(await open().readRegistry(host), undefined);
    }
    assert.equal(reported.length, 3);
    writeFileSync(path, text);
    assert.deepEqual(await open().readRegistry(host), registryEntry());
  });

  it("treats tokens with a lost key as absent, and stores new ones", async () => {
    await written("keychain");
    entries.held.clear();
    assert.equal(await open().readRegistry(host), undefined);
    await open().writeRegistry(registryEntry({ secret: "made-up new" }));
    assert.equal((await open().readRegistry(host))?.secret, "made-up new");
    nothingPlain();
  });

  it("switches to a key that another process has created", async () => {
    const store = open();
    await store.convertEncryption("keychain");
    await store.writeRegistry(registryEntry());
    entries.held.clear();
    const other = open();
    await other.writeRegistry(registryEntry({ secret: "made-up new" }));
    assert.equal((await store.readRegistry(host))?.secret, "made-up new");
    await store.writeRegistry(registryEntry({ secret: "made-up newest" }));
    assert.equal((await other.readRegistry(host))?.secret, "made-up newest");
    assert.deepEqual(reported, []);
  });

  it("writes with the current key after the setting was changed twice", async () => {
    const daemon = open();
    await daemon.convertEncryption("keychain");
    await daemon.writeRegistry(registryEntry());
    await open().convertEncryption("file");
    await daemon.convertEncryption("file");
    await open().convertEncryption("keychain");
    await daemon.convertEncryption("keychain");
    await daemon.writeRegistry(registryEntry({ secret: "made-up new" }));
    assert.equal((await open().readRegistry(host))?.secret, "made-up new");
  });

  it("reads nothing while the keychain is locked, reports it once, and writes nothing in plain text", async () => {
    await written("keychain");
    entries.broken = locked;
    const store = open();
    assert.equal(await store.readRegistry(host), undefined);
    assert.equal(await store.readAuthorization("key"), undefined);
    assert.equal(reported.length, 1);
    assert.match(reported[0] ?? "", /keychain is locked.*store: file.*\[KEYCHAIN_LOCKED\]$/);
    await assert.rejects(store.writeRegistry(registryEntry({ secret: "made-up new" })), isLocked);
    await assert.rejects(store.writeLogin(loginEntry()), isLocked);
    await assert.rejects(store.assertCanStore(), isLocked);
    await store.writeLogin(logoutEntry());
    nothingPlain();
    entries.broken = undefined;
    assert.deepEqual(await open().readRegistry(host), registryEntry());
  });

  it("encrypts existing plain files when it is turned on", async () => {
    await written("file");
    assert.match(onDisk(), /made-up/);
    utimesSync(tokenPath(state(), host), 1000, 1000);
    writeFileSync(tokenPath(state(), otherHost), '{"secret":"made-up, half an ent', { mode: 0o600 });
    writeFileSync(`${state()}/tmp/killed`, '{"secret":"made-up"', { mode: 0o600 });
    await open().convertEncryption("keychain");
    nothingPlain();
    await allIsRead();
    assert.equal(statSync(tokenPath(state(), host)).mtimeMs, 1_000_000, "when it was asked for last");
    assert.deepEqual(readdirSync(`${state()}/tmp`), []);
    assert.match(reported[0] ?? "", /1 token file.*removed/);
  });

  it("removes what it can't encrypt, and keeps it in memory for this process", async () => {
    await written("file");
    entries.broken = locked;
    const store = open();
    await store.convertEncryption("keychain");
    nothingPlain();
    await allIsRead(store);
    assert.match(reported[0] ?? "", /3 token files.*removed.*\[KEYCHAIN_LOCKED\]$/);
    assert.equal(await open().readRegistry(host), undefined);
    assert.equal(await store.removeLogin(otherHost), true);
    assert.equal(await store.readLogin(otherHost), undefined);
  });

  it("decrypts when it is turned off, and removes the key from the keychain", async () => {
    await written("keychain");
    await open().convertEncryption("file");
    assert.match(onDisk(), /made-up registry secret/);
    assert.equal(entries.held.size, 0);
    await allIsRead();
  });

  it("removes the tokens, and keeps the logins, that can't be decrypted when it is turned off", async () => {
    await written("keychain");
    entries.broken = locked;
    await open().convertEncryption("file");
    await open().convertEncryption("file");
    const lines = reported.filter((line) => line.startsWith("store is now file"));
    assert.equal(lines.length, 2, reported.join("\n"));
    assert.match(lines[0] ?? "", /: 1 logins stay encrypted until the keychain can be used$/);
    assert.match(lines[1] ?? "", /2 token files that could not be converted were removed/);
    assert.equal(reported.length, 3, "a later process does not repeat the reason");
    assert.match(reported.join("\n"), /still encrypted can't be read: (?!.*store: file)/);
    assert.equal(await open().readRegistry(host), undefined);
    await open().writeRegistry(registryEntry());
    assert.deepEqual(await open().readRegistry(host), registryEntry());
    entries.broken = undefined;
    assert.deepEqual(await open().readLogin(otherHost), loginEntry({ host: otherHost }));
    await open().convertEncryption("file");
    assert.equal(entries.held.size, 0);
    assert.ok(readFileSync(loginPath(state(), otherHost), "utf8").includes("made-up"));
    assert.deepEqual(await open().readLogin(otherHost), loginEntry({ host: otherHost }));
  });

  it("waits only once for a keychain that hangs when it is turned off", async () => {
    await written("keychain");
    let asked = 0;
    const ask = async () => {
      asked++;
      throw keychainFailure("KEYCHAIN_TIMEOUT", "no answer");
    };
    Object.assign(entries, { read: ask, remove: ask });
    const key = tokenKeyIn(state(), entries);
    await new TokenStore(state(), (line) => reported.push(line), { key }).convertEncryption("file");
    assert.equal(asked, 1);
  });

  it("is followed by processes that can't read the config, or read it before", async () => {
    await written("keychain");
    const unaware = open();
    await unaware.writeRegistry(registryEntry({ secret: "made-up, later" }));
    const former = open();
    await former.convertEncryption("file");
    await open().convertEncryption("keychain");
    await former.writeRegistry(registryEntry({ secret: "made-up, latest" }));
    nothingPlain();
  });

  it("continues an interrupted conversion", async () => {
    await written("file");
    await writeAtRest(state(), "keychain", false);
    await open().convertEncryption("keychain");
    nothingPlain();
    assert.equal((await readAtRest(state())).isSettled, true);
  });

  it("encrypts everything that is written while it is turned on", async () => {
    await written("file");
    const writers = Array.from({ length: 60 }, open);
    await Promise.all(writers.map((store) => store.convertEncryption("file")));
    const hostOf = (number: number) => `registry-${number}.example.com`;
    const writing = writers.map(async (store, number) => {
      for (let step = 0; step < number; step++) await readAtRest(state());
      await store.writeRegistry(registryEntry({ host: hostOf(number) }));
    });
    await Promise.all([open().convertEncryption("keychain"), ...writing]);
    nothingPlain();
    for (const number of writers.keys()) assert.ok(await open().readRegistry(hostOf(number)), hostOf(number));
  });

  it("is followed by a process that can't record it", async () => {
    await written("file");
    rmSync(atRestPath(state()), { force: true });
    mkdirSync(atRestPath(state()));
    const store = open();
    await store.convertEncryption("keychain");
    assert.match(reported[0] ?? "", /STATE_WRITE/);
    const other = registryEntry({ host: otherHost, secret: "made-up later" });
    await store.writeRegistry(other);
    assert.doesNotMatch(onDisk(), /made-up later/);
    assert.deepEqual(await open().readRegistry(otherHost), other);
  });

  it("checks its files again if the record is damaged", async () => {
    await written("keychain");
    writeFileSync(atRestPath(state()), "{");
    assert.deepEqual(await readAtRest(state()), { format: 1, store: "file", isSettled: false });
    await open().convertEncryption("keychain");
    nothingPlain();
    await allIsRead();
  });

  it("does not call the keychain if it was never turned on", async () => {
    await written("file");
    entries.broken = new Error("asked");
    await open().convertEncryption("file");
    await allIsRead();
    assert.ok(readFileSync(loginPath(state(), otherHost), "utf8").includes("made-up"));
  });
});
