import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { writeAtRest } from "../../../src/store/encryption/mode.ts";
import { type TokenKey, tokenKeyName } from "../../../src/store/encryption/token-key.ts";
import { memoryKeyPath } from "../../../src/store/files/paths.ts";
import { isPrivateTmpfs } from "../../../src/store/files/tmpfs.ts";
import { keychainFailure } from "../../../src/store/keychain/keychain.ts";
import { Failure } from "../../../src/token/failure.ts";
import { MemoryEntries } from "../../support/fakes/memory-entries.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";
import { tokenKeyIn } from "../../support/fakes/token-key.ts";

const shared = "/dev/shm";
const onLinux = process.platform === "linux" ? describe : describe.skip;

describe("the key of encrypted tokens", () => {
  const folder = useTempFolder();
  const state = () => `${folder()}/state`;
  let entries: MemoryEntries;
  beforeEach(() => {
    entries = new MemoryEntries();
  });
  const open = (more = {}) => tokenKeyIn(state(), entries, more);
  const hex = async (key: TokenKey) => Buffer.from(await key.get()).toString("hex");
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error) => (error instanceof Failure ? error.code : String(error)),
    );

  it("is created once by many concurrent processes", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => hex(open())));
    assert.equal(new Set(keys).size, 1);
    assert.equal(keys[0]?.length, 64);
    assert.deepEqual([...entries.held.keys()], [tokenKeyName]);
  });

  it("is created again if the keychain has something else under its name", async () => {
    entries.held.set(tokenKeyName, new TextEncoder().encode("rubbish"));
    const key = await hex(open());
    assert.equal(await hex(open()), key);
  });

  it("is requested again only after a cooldown if the keychain failed, by other processes too", async () => {
    let now = 1_000_000;
    const times = { now: () => now };
    entries.broken = keychainFailure("KEYCHAIN_TIMEOUT", "no answer");
    const one = open(times);
    assert.equal(await codeOf(one.get()), "KEYCHAIN_TIMEOUT");
    entries.broken = undefined;
    now += 59_000;
    assert.equal(await codeOf(one.get()), "KEYCHAIN_TIMEOUT");
    assert.equal(await codeOf(open(times).get()), "KEYCHAIN_TIMEOUT");
    now += 2_000;
    assert.ok(await one.get());
    now -= 2_000;
    assert.ok(await open(times).get(), "a success ends it at once");
  });

  it("is requested again only after a cooldown by the same process, even if the failure can't be recorded", async () => {
    mkdirSync(state());
    writeFileSync(`${state()}/keys`, "");
    entries.broken = keychainFailure("KEYCHAIN_LOCKED", "locked");
    const one = open();
    assert.equal(await codeOf(one.get()), "KEYCHAIN_LOCKED");
    entries.broken = undefined;
    assert.equal(await codeOf(one.get()), "KEYCHAIN_LOCKED");
    assert.ok(await open().get());
  });

  it("is requested immediately for a user's command, and with the cooldown after that", async () => {
    let now = 1_000_000;
    const times = { now: () => now };
    entries.broken = keychainFailure("KEYCHAIN_LOCKED", "locked");
    const one = open(times);
    assert.equal(await codeOf(one.get()), "KEYCHAIN_LOCKED");
    now += 1_000;
    for (const each of [one, open(times)]) {
      let asked = 0;
      entries.read = async () => {
        asked++;
        throw keychainFailure("KEYCHAIN_TIMEOUT", "no answer");
      };
      await each.forgetFailures();
      for (const _ of [1, 2]) assert.equal(await codeOf(each.get()), "KEYCHAIN_TIMEOUT");
      assert.equal(asked, 1);
      now += 1_000;
    }
  });

  it("is requested by only one of the processes that wait for a keychain that hangs", async () => {
    let asked = 0;
    entries.read = async () => {
      asked++;
      throw keychainFailure("KEYCHAIN_TIMEOUT", "no answer");
    };
    const waiting = Array.from({ length: 4 }, () => open({ cooldown: 0, now: () => 1_000 }).get());
    assert.deepEqual(await Promise.all(waiting.map(codeOf)), Array(4).fill("KEYCHAIN_TIMEOUT"));
    assert.equal(asked, 1);
  });

  it("is replaced by the key that another process has created", async () => {
    const one = open();
    const former = await one.get();
    assert.equal(await one.successorOf(former), undefined);
    entries.held.clear();
    const next = await open().get();
    const later = open({ cooldown: 0 });
    assert.deepEqual(await later.successorOf(former), next);
    assert.deepEqual(await later.get(), next);
    assert.equal(await later.successorOf(next), undefined);
  });

  it("is looked up again at most once per cooldown, if the keychain works", async () => {
    let now = 1_000_000;
    const one = open({ now: () => now });
    const former = await one.get();
    let asked = 0;
    entries.read = async () => {
      asked++;
      throw keychainFailure("KEYCHAIN_TIMEOUT", "no answer");
    };
    for (const [after, times] of [
      [0, 1],
      [59_000, 1],
      [2_000, 2],
    ] as const) {
      now += after;
      assert.equal(await one.successorOf(former), undefined);
      assert.equal(asked, times);
    }
    assert.deepEqual(await one.get(), former);
    assert.equal(await open({ now: () => now }).successorOf(former), undefined);
    assert.equal(asked, 2, "another process does not ask what has just not answered");
  });

  it("is removed by one process at a time, and not if encryption is on again", async () => {
    await open().get();
    await writeAtRest(state(), "keychain", false);
    await open().forget();
    assert.equal(entries.held.size, 1);
    await writeAtRest(state(), "file", true);
    let running = 0;
    let most = 0;
    const { remove } = entries;
    entries.remove = async (name) => {
      most = Math.max(most, ++running);
      await remove(name);
      running--;
    };
    await Promise.all([1, 2, 3].map(() => open().forget()));
    assert.equal(most, 1);
    assert.equal(entries.held.size, 0);
  });

  onLinux("beside a folder of a memory file system", () => {
    let run: string;
    beforeEach(() => {
      run = mkdtempSync(`${shared}/ecr-run-`);
    });
    afterEach(() => rmSync(run, { recursive: true, force: true }));
    const lies = (runtimeFolder = run) => existsSync(memoryKeyPath(runtimeFolder) ?? "");

    it("is stored there privately, and the keychain is not called again", async () => {
      const key = await hex(open({ runtimeFolder: run }));
      const path = memoryKeyPath(run) ?? "";
      assert.equal(statSync(path).mode & 0o777, 0o600);
      entries.broken = new Error("asked");
      assert.equal(await hex(open({ runtimeFolder: run })), key);
    });

    it("is read from the keychain if others can read the copy, or it is damaged", async () => {
      const key = await hex(open({ runtimeFolder: run }));
      const path = memoryKeyPath(run) ?? "";
      chmodSync(path, 0o644);
      assert.equal(await hex(open({ runtimeFolder: run })), key);
      writeFileSync(path, readFileSync(path, "utf8").slice(0, -9));
      assert.equal(await hex(open({ runtimeFolder: run })), key);
    });

    it("is not written to a folder that others can enter, to a disk, or through a link", async () => {
      chmodSync(run, 0o755);
      const onDisk = `${folder()}/run`;
      mkdirSync(onDisk, { mode: 0o700 });
      for (const runtimeFolder of [run, onDisk, `${folder()}/absent`, "relative", ""]) {
        assert.ok(await open({ runtimeFolder }).get());
        assert.equal(lies(runtimeFolder), false, runtimeFolder);
        assert.equal(await isPrivateTmpfs(runtimeFolder), false, runtimeFolder);
      }
      chmodSync(run, 0o700);
      assert.equal(await isPrivateTmpfs(run), true);
    });

    it("is stored there again after another process has replaced it", async () => {
      const former = await open({ runtimeFolder: run }).get();
      entries.held.clear();
      const next = await open().get();
      assert.deepEqual(await open({ runtimeFolder: run }).get(), former, "the one that lies there");
      assert.deepEqual(await open({ runtimeFolder: run }).successorOf(former), next);
      entries.broken = new Error("asked");
      assert.deepEqual(await open({ runtimeFolder: run }).get(), next);
    });

    it("is removed from both", async () => {
      const one = open({ runtimeFolder: run });
      const key = await hex(one);
      await one.forget();
      assert.equal(lies(), false);
      assert.equal(entries.held.size, 0);
      assert.notEqual(await hex(one), key);
    });
  });
});
