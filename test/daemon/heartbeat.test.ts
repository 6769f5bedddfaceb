import assert from "node:assert/strict";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";

describe("the heartbeat of a long pass", () => {
  it("is written at intervals, not at each step, and by one write at a time", async () => {
    let now = 0;
    let writes = 0;
    let written = Promise.withResolvers<void>();
    const write = () => {
      writes++;
      return written.promise;
    };
    const heartbeat = new Heartbeat(write, () => now, 20_000);
    const stepAt = async (at: number) => {
      now = at;
      heartbeat.step();
      await Bun.sleep(0);
      return writes;
    };
    assert.equal(await stepAt(19_999), 0);
    assert.equal(await stepAt(20_000), 1);
    assert.equal(await stepAt(60_000), 1, "the first hangs");
    written.resolve();
    written = Promise.withResolvers();
    await Bun.sleep(0);
    assert.equal(await stepAt(60_001), 2);
    const end = heartbeat.beat();
    await Bun.sleep(0);
    assert.equal(writes, 2, "the last one comes after");
    written.resolve();
    await end;
    assert.equal(writes, 3);
  });
});
