import assert from "node:assert/strict";
import { listHeld } from "../../src/provider/list.ts";
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
    return listHeld({ clock: () => clock.read(), hosts, readLogin, readRegistry, holds: async () => holds });
  };
  const left = (time: number) => twelveHours({ now: clock.now - 12 * hour + time });

  it("is empty where nothing is held", async () => assert.deepEqual(await list(), {}));

  it("names tokens and logins with their usernames, each once", async () => {
    await store.writeRegistry(registryEntry({ life: left(11 * hour) }));
    await store.writeLogin(loginEntry({ username: "login", life: left(11 * hour) }));
    await store.writeLogin(loginEntry({ host: otherHost, username: "other", life: left(hour) }));
    await store.writeRegistry(registryEntry({ host: publicHost, life: left(11 * hour) }));
    assert.deepEqual(await list(), { [host]: "login", [otherHost]: "other", [publicHost]: "AWS" });
  });

  it("names what is valid though it has little life left", async () => {
    await store.writeRegistry(registryEntry({ life: left(10 * minute) }));
    assert.deepEqual(await list(), { [host]: "AWS" });
  });

  it("names nothing that expired: a get that fails would cost Docker all the others", async () => {
    await store.writeRegistry(registryEntry({ life: left(0) }));
    await store.writeLogin(loginEntry({ host: otherHost, life: left(0) }));
    assert.deepEqual(await list(), {});
  });

  it("names no token of a former identity", async () => {
    await store.writeRegistry(registryEntry({ life: left(11 * hour), dependencies: noDependencies }));
    assert.deepEqual(await list(false), {});
  });

  it("names an explicit login whoever asks", async () => {
    await store.writeLogin(loginEntry({ life: left(hour) }));
    assert.deepEqual(await list(false), { [host]: "AWS" });
  });

  it("passes over what a logout left, and goes by the token then", async () => {
    await store.writeLogin(logoutEntry());
    assert.deepEqual(await list(), {});
    await store.writeRegistry(registryEntry({ life: left(11 * hour) }));
    assert.deepEqual(await list(), { [host]: "AWS" });
  });
});
