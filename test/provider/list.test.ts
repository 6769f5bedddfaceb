import assert from "node:assert/strict";
import { listStoredLogins } from "../../src/provider/list.ts";
import { hour, minute, SettableClock } from "../support/fakes/clock.ts";
import {
  host,
  loginEntry,
  logoutEntry,
  noDependencies,
  otherHost,
  publicHost,
  registryEntry,
  twelveHours,
} from "../support/fakes/entries.ts";
import { MemoryStore } from "../support/fakes/memory-store.ts";

describe("list", () => {
  const clock = new SettableClock();
  let store: MemoryStore;
  beforeEach(() => {
    store = new MemoryStore();
  });
  const list = (holds = true) => {
    const { hosts, readLogin, readRegistry } = store;
    return listStoredLogins({
      clock: () => clock.read(),
      hosts,
      readLogin,
      readRegistry,
      isCurrent: async () => holds,
    });
  };
  const left = (time: number) => twelveHours({ now: clock.now - 12 * hour + time });

  it("is empty if nothing is stored", async () => assert.deepEqual(await list(), {}));

  it("lists tokens and logins with their usernames, each once", async () => {
    await store.writeRegistry(registryEntry({ life: left(11 * hour) }));
    await store.writeLogin(loginEntry({ username: "login", life: left(11 * hour) }));
    await store.writeLogin(loginEntry({ host: otherHost, username: "other", life: left(hour) }));
    await store.writeRegistry(registryEntry({ host: publicHost, life: left(11 * hour) }));
    assert.deepEqual(await list(), { [host]: "login", [otherHost]: "other", [publicHost]: "AWS" });
  });

  it("lists a valid token with little time left", async () => {
    await store.writeRegistry(registryEntry({ life: left(10 * minute) }));
    assert.deepEqual(await list(), { [host]: "AWS" });
  });

  it("lists nothing that has expired: one failing get would make Docker lose all others", async () => {
    await store.writeRegistry(registryEntry({ life: left(0) }));
    await store.writeLogin(loginEntry({ host: otherHost, life: left(0) }));
    assert.deepEqual(await list(), {});
  });

  it("lists no token of a previous identity", async () => {
    await store.writeRegistry(registryEntry({ life: left(11 * hour), dependencies: noDependencies }));
    assert.deepEqual(await list(false), {});
  });

  it("lists an explicit login whatever the identity", async () => {
    await store.writeLogin(loginEntry({ life: left(hour) }));
    assert.deepEqual(await list(false), { [host]: "AWS" });
  });

  it("ignores the mark of a logout, and uses the token then", async () => {
    await store.writeLogin(logoutEntry());
    assert.deepEqual(await list(), {});
    await store.writeRegistry(registryEntry({ life: left(11 * hour) }));
    assert.deepEqual(await list(), { [host]: "AWS" });
  });
});
