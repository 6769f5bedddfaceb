import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { writeAtRest } from "../../../src/store/encryption/mode.ts";
import { nonceLength, seal } from "../../../src/store/encryption/seal.ts";
import {
  authorizationPath,
  failurePath,
  loginPath,
  previousLoginPath,
  tokenPath,
} from "../../../src/store/files/paths.ts";
import { TokenStore } from "../../../src/store/tokens/token-store.ts";
import { withChecksum, withoutChecksum } from "../../../src/token/checksum.ts";
import { formatEntry } from "../../../src/token/entry-text.ts";
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
import { MemoryStore } from "../../support/fakes/memory-store.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../../support/fakes/temp-folder.ts";
import { tokenKeyIn } from "../../support/fakes/token-key.ts";

/** The common behaviour of the real store and the in-memory fake, so that tests can rely on the fake. */
function contract(name: string, open: () => MemoryStore | TokenStore): void {
  describe(`${name}, as a store of tokens`, () => {
    it("is empty at first, and removes nothing", async () => {
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

    it("replaces older entries: a login, a logout", async () => {
      const store = open();
      await store.writeLogin(loginEntry());
      await store.writeLogin(logoutEntry());
      assert.deepEqual(await store.readLogin(host), logoutEntry());
    });

    it("removes the failure when a token is stored", async () => {
      const store = open();
      await store.writeFailure("key", failureEntry());
      await store.writeFailure("other", failureEntry());
      await store.writeAuthorization("key", authorizationEntry());
      assert.equal(await store.readFailure("key"), undefined);
      assert.ok(await store.readFailure("other"));
    });

    it("removes one and keeps the others", async () => {
      const store = open();
      await store.writeRegistry(registryEntry());
      await store.writeRegistry(registryEntry({ host: otherHost }));
      await store.writeLogin(loginEntry());
      assert.equal(await store.removeRegistry(host), true);
      assert.equal(await store.readRegistry(host), undefined);
      assert.ok(await store.readRegistry(otherHost));
      assert.ok(await store.readLogin(host));
    });

    it("lists the hosts of tokens and logins, each once and sorted", async () => {
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
  const open = () => new TokenStore(state(), (line) => reported.push(line));
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
      return new TokenStore(state(), (line) => reported.push(line), { key });
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
        assert.ok(reported[0]?.startsWith(`STATE_FILE ${path()} was ignored: `));
        assert.ok(!reported[0]?.includes("made-up"), "no secret in the log");
        assert.ok(await open().readRegistry(otherHost), "others are unharmed");
        assert.ok(await open().readLogin(otherHost), "others are unharmed");
      };

      it("reports neither a valid nor a missing file", async () => {
        assert.ok(await read());
        assert.equal(await open().readRegistry("none.example"), undefined);
        assert.deepEqual(reported, []);
      });

      it("ignores and reports a truncated file", async () => {
        writeFileSync(path(), readFileSync(path(), "utf8").slice(0, -3));
        await leftAside(/damaged/);
      });

      it("ignores a newer format without changing the file", async () => {
        const text = withoutChecksum(readFileSync(path(), "utf8"));
        const newer =
          text === undefined ? JSON.stringify({ format: 3 }) : withChecksum(text.replace(" 2 ", " 3 "));
        writeFileSync(path(), newer);
        await leftAside(/not a file that this version writes/);
        assert.equal(readFileSync(path(), "utf8"), newer);
      });

      it("ignores a file that others can read", async () => {
        chmodSync(path(), 0o644);
        await leftAside(/other users can access it/);
      });

      itAsRoot("leaves another user's aside", async () => {
        chownSync(path(), otherUserId, otherUserId);
        await leftAside(/belongs to user/);
      });

      it("ignores a link", async () => {
        const good = `${folder()}/good`;
        writeFileSync(good, readFileSync(path(), "utf8"), { mode: 0o600 });
        rmSync(path());
        symlinkSync(good, path());
        await leftAside(/symbolic link/);
      });
    });
  }

  for (const [what, path, read] of [KINDS[1], KINDS[2]] as typeof KINDS) {
    describe(`${what} that is damaged`, () => {
      const damage = () => writeFileSync(path(), readFileSync(path(), "utf8").replace("made-up", "made-ub"));
      beforeEach(async () => {
        await open().writeLogin(loginEntry());
        await open().writeAuthorization("key", authorizationEntry());
        damage();
      });

      it("is reported once, by the first process that reads it", async () => {
        assert.equal(await read(), undefined);
        assert.equal(await read(), undefined);
        assert.equal(reported.length, 1);
        assert.ok(!existsSync(path()));
        assert.deepEqual(readdirSync(`${state()}/tmp`), []);
      });

      it("stays for a read-only process", async () => {
        const store = new TokenStore(state(), (line) => reported.push(line), { isReadOnly: true });
        await store.readLogin(host);
        await store.readAuthorization("key");
        assert.equal(reported.length, 1);
        assert.ok(existsSync(path()));
      });
    });
  }

  describe("a login in the previous format", () => {
    const former = () => previousLoginPath(state(), host);
    beforeEach(async () => {
      await open().writeRegistry(registryEntry());
      mkdirSync(`${state()}/logins`);
      writeFileSync(former(), JSON.stringify({ ...loginEntry(), format: 1 }), { mode: 0o600 });
    });

    it("is read and listed until it is replaced", async () => {
      assert.deepEqual(await open().readLogin(host), loginEntry());
      assert.deepEqual(await open().hosts(), [host]);
      const newer = loginEntry({ secret: "made-up newer" });
      await open().writeLogin(newer);
      assert.deepEqual(await open().readLogin(host), newer);
      assert.ok(!existsSync(former()));
    });

    it("is removed by a logout", async () => {
      assert.equal(await open().removeLogin(host), true);
      assert.equal(await open().readLogin(host), undefined);
      assert.equal(await open().removeLogin(host), false);
    });

    it("is encrypted with store: keychain, and decrypted without", async () => {
      const entries = new MemoryEntries();
      const sealing = () =>
        new TokenStore(state(), (line) => reported.push(line), {
          key: tokenKeyIn(state(), entries),
        });
      await sealing().convertEncryption("keychain");
      assert.doesNotMatch(readFileSync(former(), "utf8"), /made-up/);
      assert.deepEqual(await sealing().readLogin(host), loginEntry());
      await sealing().convertEncryption("file");
      assert.match(readFileSync(former(), "utf8"), /made-up/);
      assert.deepEqual(await sealing().readLogin(host), loginEntry());
    });

    it("is decrypted if it was encrypted in that format", async () => {
      const entries = new MemoryEntries();
      await writeAtRest(state(), "keychain", true);
      const key = tokenKeyIn(state(), entries);
      const { secret, ...rest } = { ...loginEntry(), format: 1 };
      const nonce = new Uint8Array(nonceLength);
      const context = JSON.stringify([`/logins/${host}.json`, rest]);
      const sealed = await seal(secret, await key.get(), context, nonce);
      writeFileSync(former(), JSON.stringify({ ...rest, sealed }), { mode: 0o600 });
      const store = new TokenStore(state(), (line) => reported.push(line), { key });
      assert.deepEqual(await store.readLogin(host), loginEntry());
      assert.deepEqual(reported, []);
    });
  });

  it("ignores a copied file of another host", async () => {
    const store = open();
    await store.writeRegistry(registryEntry());
    await store.writeLogin(loginEntry());
    writeFileSync(tokenPath(state(), otherHost), formatEntry(registryEntry()), { mode: 0o600 });
    writeFileSync(loginPath(state(), otherHost), formatEntry(loginEntry()), { mode: 0o600 });
    assert.equal(await store.readRegistry(otherHost), undefined);
    assert.equal(await store.readLogin(otherHost), undefined);
  });

  it("lists no hosts for other files", async () => {
    mkdirSync(`${state()}/tokens`, { recursive: true });
    for (const name of ["README", ".entry.swp", `${host}.entry~`, `${host}.json`])
      writeFileSync(`${state()}/tokens/${name}`, "");
    assert.deepEqual(await open().hosts(), []);
  });
});
