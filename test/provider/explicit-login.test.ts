import assert from "node:assert/strict";
import { eraseLogin, type LoginPorts, storeLogin } from "../../src/provider/explicit-login.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { lifeState } from "../../src/token/life.ts";
import { hour, minute, SettableClock, second } from "../support/fakes/clock.ts";
import {
  authorizationEntry,
  host,
  logoutEntry,
  otherHost,
  passwordExpiring,
  registryEntry,
  twelveHours,
} from "../support/fakes/entries.ts";
import { MemoryStore } from "../support/fakes/memory-store.ts";
import { registryAt } from "../support/fakes/registries.ts";

const registry = registryAt(host);
const key = "key-of-ci";

describe("explicit logins", () => {
  let clock: SettableClock;
  let store: MemoryStore;
  let ports: LoginPorts;

  beforeEach(async () => {
    clock = new SettableClock();
    store = new MemoryStore();
    const { readLogin, readRegistry, writeLogin, removeLogin, removeRegistry, removeAuthorization } = store;
    const stored = { readLogin, readRegistry, writeLogin, removeLogin, removeRegistry, removeAuthorization };
    const isCurrentToken = async (_: Registry, secret: string) =>
      store.registries.get(host)?.secret === secret;
    const authorizationOf = async () => key;
    ports = { clock: () => clock.read(), isCurrentToken, authorizationOf, ...stored };
    await store.writeRegistry(registryEntry({ life: twelveHours(clock.read()), authorization: key }));
    await store.writeAuthorization(key, authorizationEntry());
  });

  const logIn = (secret = "made-up login", username = "AWS") =>
    storeLogin(registry, { username, secret }, ports);
  /** Docker erases the argument, the host, and the host with both schemes. */
  const logOut = async (times = 4) => {
    for (let time = 0; time < times; time++) await eraseLogin(registry, ports);
  };
  const login = () => {
    const entry = store.logins.get(host);
    return entry && "secret" in entry ? entry : undefined;
  };
  const isCached = () => store.registries.has(host) && store.authorizations.has(key);

  describe("store", () => {
    it("stores a login with an ECR token until that token's expiry", async () => {
      const secret = passwordExpiring((clock.now + 7 * hour) / 1000);
      await logIn(secret, "AWS");
      const { username, secret: kept, life } = login() ?? assert.fail("no login was kept");
      assert.deepEqual(
        { username, kept, expiresAt: life.expiresAt },
        { username: "AWS", kept: secret, expiresAt: clock.now + 7 * hour },
      );
      assert.equal(lifeState(life, clock.pass(7 * hour - 1).read()), "fresh");
      assert.equal(lifeState(life, clock.pass(1).read()), "expired");
    });

    it("stores a login with any other secret for the longest lifetime of a token", async () => {
      await logIn("somebody's own proxy password");
      assert.equal(login()?.life.expiresAt, clock.now + 12 * hour);
    });

    it("stores none for longer than a token can live, whatever its own expiry", async () => {
      for (const seconds of [clock.now / 1000 + 365 * 24 * 3600, 1e308]) {
        await logIn(passwordExpiring(seconds));
        assert.equal(login()?.life.expiresAt, clock.now + 12 * hour);
      }
    });

    it("knows its age if the clock is set back", async () => {
      await logIn();
      const { life } = login() ?? assert.fail("no login was kept");
      clock.pass(12 * hour).set(-48 * hour);
      assert.equal(lifeState(life, clock.read()), "expired");
    });

    it("stores none if docker login stores what get just returned: the token is still renewed", async () => {
      await logIn("made-up registry secret");
      assert.equal(login(), undefined);
      assert.ok(isCached());
    });

    it("replaces an older login and a logout by a newer login", async () => {
      await logIn("one");
      await logIn("two");
      assert.equal(login()?.secret, "two");
      await logOut();
      await logIn("three");
      assert.equal(login()?.secret, "three");
    });

    it("does not change the cached token", async () => {
      await logIn();
      assert.ok(isCached());
    });
  });

  describe("erase", () => {
    it("removes the login but not the cached token, though docker logout erases four times", async () => {
      await logIn();
      await logOut();
      assert.equal(login(), undefined);
      assert.ok(isCached());
    });

    it("keeps the cached token in every push of Packer's ecr_login: login, logout, login, logout", async () => {
      for (let push = 0; push < 3; push++) {
        await logIn();
        clock.pass(5 * second);
        await logOut();
        clock.pass(second);
      }
      assert.ok(isCached());
    });

    it("without a login removes the cached token and the one it was copied from, and no others", async () => {
      await store.writeRegistry(registryEntry({ host: otherHost }));
      await store.writeAuthorization("other", authorizationEntry());
      await logOut();
      assert.ok(!store.registries.has(host));
      assert.ok(!store.authorizations.has(key));
      assert.ok(store.registries.has(otherHost));
      assert.ok(store.authorizations.has("other"));
    });

    it("treats a logout half a minute later as another one, which removes the cached token", async () => {
      await logIn();
      await logOut();
      clock.pass(30 * second - 1);
      await logOut(1);
      assert.ok(isCached());
      clock.pass(1);
      await logOut(1);
      assert.ok(!isCached());
      assert.equal(store.logins.size, 0);
    });

    it("treats a logout in the future as another one: the clock was ahead then", async () => {
      await store.writeLogin(logoutEntry({ loggedOutAt: clock.now + hour }));
      await logOut();
      assert.ok(!isCached());
    });

    it("ignores an expired login", async () => {
      await logIn(passwordExpiring((clock.now + 5 * minute) / 1000));
      clock.pass(5 * minute);
      await logOut();
      assert.equal(store.logins.size, 0);
      assert.ok(!isCached());
    });

    it("succeeds if nothing is stored", async () => {
      await logOut();
      await logOut();
      assert.equal(store.logins.size, 0);
    });
  });
});
