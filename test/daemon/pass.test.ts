import assert from "node:assert/strict";
import { Refresher } from "../../src/daemon/pass.ts";
import { createAppContext } from "../../src/provider/context.ts";
import { eventually } from "../support/eventually.ts";
import { User } from "../support/program/user.ts";

describe("a pass over files on a disk that hangs", () => {
  const user = new User({});
  after(() => user.remove());

  it("fails in time, and so do the next passes until the disk answers", async () => {
    user.write(
      ".config/docker-credential-ecr/config.yaml",
      'version: 1\nidentities: { alice: { profile: alice } }\nregistries: [{ account: "111122223333", regions: [us-east-1], identity: alice }]\n',
    );
    const app = await createAppContext({ HOME: user.home }, user.home);
    const disk = Promise.withResolvers<readonly string[]>();
    Object.defineProperty(app.store, "hosts", { value: () => disk.promise });
    const refresher = new Refresher(app, undefined, () => {}, 200);
    await refresher.readConfig();
    const { signal } = new AbortController();
    const before = performance.now();
    for (let round = 0; round < 2; round++) {
      await assert.rejects(refresher.pass(signal), { code: "LISTING_TIMEOUT" });
    }
    assert.ok(performance.now() - before < 10_000);
    disk.resolve([]);
    const passed = () => refresher.pass(signal).catch(() => undefined);
    assert.ok(await eventually("a pass that ends", passed));
  });
});
