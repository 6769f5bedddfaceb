import assert from "node:assert/strict";
import type { OtherLogins } from "../../src/protocol/other-logins.ts";

const hub = "https://index.docker.io/v1/";
const me = { username: "me", secret: "made-up secret" };
const you = { username: "you", secret: "another made-up secret" };

/** The common behaviour of all stores for logins to other hosts. */
export function loginsContract(name: string, open: () => OtherLogins): void {
  describe(`${name}, as a store of logins to other hosts`, () => {
    it("is empty at first, and erases nothing", async () => {
      const logins = open();
      assert.equal(await logins.get(hub), undefined);
      assert.deepEqual(await logins.list(), {});
      assert.deepEqual(await logins.servers(), []);
      await logins.erase(hub);
    });

    it("returns what was stored, also from a new object", async () => {
      await open().store(hub, me);
      assert.deepEqual(await open().get(hub), me);
    });

    it("replaces an older login", async () => {
      const logins = open();
      await logins.store(hub, me);
      await logins.store(hub, you);
      assert.deepEqual(await logins.get(hub), you);
      assert.deepEqual(await logins.list(), { [hub]: "you" });
    });

    it("distinguishes servers by their exact URL", async () => {
      const logins = open();
      const servers = [
        "ghcr.io",
        "https://ghcr.io",
        "http://ghcr.io",
        "ghcr.io/",
        "GHCR.io",
        "localhost:5000",
        "localhost:5000/x",
        "https://index.docker.io/v1/access-token",
        hub,
        "[::1]:5000",
      ];
      for (const server of servers) await logins.store(server, { ...me, username: `user of ${server}` });
      for (const server of servers) assert.equal((await logins.get(server))?.username, `user of ${server}`);
      const users = servers.map((server) => [server, `user of ${server}`]);
      assert.deepEqual(await logins.list(), Object.fromEntries(users));
      assert.deepEqual((await logins.servers()).toSorted(), servers.toSorted());
      assert.equal(await logins.get("ghcr.io/team/app"), undefined);
      assert.equal(await logins.get("localhost"), undefined);
    });

    it("erases one and keeps the others", async () => {
      const logins = open();
      await logins.store(hub, me);
      await logins.store("ghcr.io", you);
      await logins.erase(hub);
      assert.equal(await logins.get(hub), undefined);
      assert.deepEqual(await logins.get("ghcr.io"), you);
      assert.deepEqual(await logins.list(), { "ghcr.io": "you" });
      await logins.erase(hub);
      await logins.store(hub, you);
      assert.deepEqual(await logins.get(hub), you);
    });

    for (const [what, login] of [
      ["an identity token", { username: "<token>", secret: "eyJ.made.up" }],
      ["quotes, a backslash, a line end, a tab", { username: 'na"me\\', secret: 'a "b"\n\tc\\d\'e' }],
      ["letters of any script", { username: "jürgen@例え", secret: "пароль 🔑 ünï" }],
      ["a lone blank", { username: " ", secret: " " }],
      ["what looks like JSON", { username: "{}", secret: '{"Secret":"x"}' }],
      ["a secret of 64 KiB", { username: "me", secret: "0123456789abcdef".repeat(4096) }],
      ["64 KiB that are longer in JSON", { username: "me", secret: '"\\'.repeat(32 * 1024) }],
    ] as const) {
      it(`returns ${what}`, async () => {
        await open().store(hub, login);
        assert.deepEqual(await open().get(hub), login);
      });
    }

    it("loses none of several concurrently stored logins", async () => {
      const servers = Array.from({ length: 8 }, (_, number) => `registry-${number}.example.com`);
      await Promise.all(servers.map((server) => open().store(server, { username: server, secret: server })));
      for (const server of servers) assert.equal((await open().get(server))?.secret, server);
      assert.equal(Object.keys(await open().list()).length, servers.length);
    });

    it("has one complete login of two concurrently stored ones for a server", async () => {
      const all = [me, you, { username: "big", secret: "x".repeat(9000) }];
      await Promise.all(all.map((login) => open().store(hub, login)));
      const held = await open().get(hub);
      assert.ok(all.some((login) => login.username === held?.username && login.secret === held.secret));
    });
  });
}
