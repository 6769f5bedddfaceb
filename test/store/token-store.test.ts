import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { writeAtRest } from "../../src/store/at-rest.ts";
import { authorizationPath, failurePath, loginPath, tokenPath } from "../../src/store/files.ts";
import { TokenStore } from "../../src/store/token-store.ts";
import {
  authorizationEntry,
  failureEntry,
  host,
  loginEntry,
  logoutEntry,
  otherHost,
  registryEntry,
} from "../support/fakes/entries.ts";
import { MemoryEntries } from "../support/fakes/memory-entries.ts";
import { MemoryStore } from "../support/fakes/memory-store.ts";
import { itAsRoot, somebodyElse, useTempFolder } from "../support/fakes/temp-folder.ts";
import { tokenKeyIn } from "../support/fakes/token-key.ts";

/** What the real store and the one without a disk both do, so that the fakes tell the truth. */
function contract(name: string, open: () => MemoryStore | TokenStore): void {
  describe(`${name}, as every store of tokens`, () => {
    it("holds nothing at first, and removes nothing", async () => {
      const store = open();
      assert.equal(await store.readRegistry(host), undefined);
      assert.equal(await store.readLogin(host), undefined);
      assert.equal(await store.readAuthorization("key"), undefined);
      assert.equal(await store.readFailure("key"), undefined);
      assert.deepEqual(await store.hosts(), []);
      assert.equal(await store.removeRegistry(host), false);
      assert.equal(await store.removeLogin(host), false);
      assert.equal(await store.removeAuthorization("key"), false);
    });

    it("reads what was written", async () => {
      const store = open();
      await store.writeRegistry(registryEntry());
      await store.writeLogin(loginEntry());
      await store.writeAuthorization("key", authorizationEntry());
      await store.writeFailure("key", failureEntry());
      assert.deepEqual(await store.readRegistry(host), registryEntry());
      assert.deepEqual(await store.readLogin(host), loginEntry());
      assert.deepEqual(await store.readAuthorization("key"), authorizationEntry());
      assert.deepEqual(await store.readFailure("key"), failureEntry());
    });

    it("puts the newer in the place of the older: a login, a logout", async () => {
      const store = open();
      await store.writeLogin(loginEntry());
      await store.writeLogin(logoutEntry());
      assert.deepEqual(await store.readLogin(host), logoutEntry());
    });

    it("forgets the failure when a token is had", async () => {
      const store = open();
      await store.writeFailure("key", failureEntry());
      await store.writeFailure("other", failureEntry());
      await store.writeAuthorization("key", authorizationEntry());
      assert.equal(await store.readFailure("key"), undefined);
      assert.ok(await store.readFailure("other"));
    });

    it("removes one and leaves the others", async () => {
      const store = open();
      await store.writeRegistry(registryEntry());
      await store.writeRegistry(registryEntry({ host: otherHost }));
      await store.writeLogin(loginEntry());
      assert.equal(await store.removeRegistry(host), true);
      assert.equal(await store.readRegistry(host), undefined);
      assert.ok(await store.readRegistry(otherHost));
      assert.ok(await store.readLogin(host));
    });

    it("names the hosts of tokens and logins, each once and in order", async () => {
      const store = open();
      await store.writeLogin(loginEntry({ host: otherHost }));
      await store.writeRegistry(registryEntry());
      await store.writeLogin(loginEntry());
      await store.writeAuthorization("key", authorizationEntry());
      assert.deepEqual(await store.hosts(), [host, otherHost]);
    });
  });
}

contract("MemoryStore", () => new MemoryStore());

describe("TokenStore", () => {
  const folder = useTempFolder();
  let reported: string[] = [];
  const state = () => `${folder()}/state`;
  const open = () => new TokenStore(state(), Date.now, (line) => reported.push(line));
  beforeEach(() => {
    reported = [];
  });

  contract("TokenStore", open);

  describe("with store: keychain", () => {
    let entries: MemoryEntries;
    beforeEach(async () => {
      entries = new MemoryEntries();
      await writeAtRest(state(), "keychain", true);
    });
    contract("TokenStore with encrypted files", () => {
      const key = tokenKeyIn(state(), entries);
      return new TokenStore(state(), Date.now, (line) => reported.push(line), { key });
    });
  });

  const KINDS: [kind: string, path: () => string, read: () => Promise<unknown>][] = [
    ["a registry's token", () => tokenPath(state(), host), () => open().readRegistry(host)],
    ["a login", () => loginPath(state(), host), () => open().readLogin(host)],
    ["an authorization", () => authorizationPath(state(), "key"), () => open().readAuthorization("key")],
    ["a failure", () => failurePath(state(), "key"), () => open().readFailure("key")],
  ];

  for (const [kind, path, read] of KINDS) {
    describe(`for the file of ${kind}`, () => {
      beforeEach(async () => {
        const store = open();
        for (const at of [host, otherHost]) {
          await store.writeRegistry(registryEntry({ host: at }));
          await store.writeLogin(loginEntry({ host: at }));
        }
        await store.writeAuthorization("key", authorizationEntry());
        await store.writeFailure("key", failureEntry());
      });

      const leftAside = async (why: RegExp) => {
        assert.equal(await read(), undefined);
        assert.equal(reported.length, 1);
        assert.match(reported[0] ?? "", why);
        assert.ok(reported[0]?.startsWith(`STATE_FILE ${path()} was left aside: `));
        assert.ok(!reported[0]?.includes("made-up"), "no secret in the log");
        assert.ok(await open().readRegistry(otherHost), "others are unharmed");
        assert.ok(await open().readLogin(otherHost), "others are unharmed");
      };

      it("says nothing of one that is good, nor of one that is absent", async () => {
        assert.ok(await read());
        assert.equal(await open().readRegistry("none.example"), undefined);
        assert.deepEqual(reported, []);
      });

      it("leaves a truncated one aside and says so", async () => {
        writeFileSync(path(), readFileSync(path(), "utf8").slice(0, -3));
        await leftAside(/not a file that this version writes/);
      });

      it("leaves one of a newer format aside and as it is", async () => {
        const newer = readFileSync(path(), "utf8").replace('"format":1', '"format":2');
        writeFileSync(path(), newer);
        await leftAside(/not a file that this version writes/);
        assert.equal(readFileSync(path(), "utf8"), newer);
      });

      it("leaves one that others may read aside", async () => {
        chmodSync(path(), 0o644);
        await leftAside(/others may use it/);
      });

      itAsRoot("leaves another user's aside", async () => {
        chownSync(path(), somebodyElse, somebodyElse);
        await leftAside(/belongs to user/);
      });

      it("leaves a link aside", async () => {
        const good = `${folder()}/good`;
        writeFileSync(good, readFileSync(path(), "utf8"), { mode: 0o600 });
        rmSync(path());
        symlinkSync(good, path());
        await leftAside(/symbolic link/);
      });
    });
  }

  it("leaves what speaks of another host aside: a copied file opens nothing", async () => {
    const store = open();
    await store.writeRegistry(registryEntry());
    await store.writeLogin(loginEntry());
    writeFileSync(tokenPath(state(), otherHost), JSON.stringify(registryEntry()), { mode: 0o600 });
    writeFileSync(loginPath(state(), otherHost), JSON.stringify(loginEntry()), { mode: 0o600 });
    assert.equal(await store.readRegistry(otherHost), undefined);
    assert.equal(await store.readLogin(otherHost), undefined);
  });

  it("clears away what killed writers have left when a token is had", async () => {
    mkdirSync(`${state()}/tmp`, { recursive: true });
    writeFileSync(`${state()}/tmp/abandoned`, "half an ent");
    utimesSync(`${state()}/tmp/abandoned`, 1, 1);
    await open().writeRegistry(registryEntry());
    assert.deepEqual(readdirSync(`${state()}/tmp`), []);
  });

  it("names no host for files that are none of its own", async () => {
    mkdirSync(`${state()}/tokens`, { recursive: true });
    for (const name of ["README", ".json.swp", `${host}.json~`])
      writeFileSync(`${state()}/tokens/${name}`, "");
    assert.deepEqual(await open().hosts(), []);
  });
});
