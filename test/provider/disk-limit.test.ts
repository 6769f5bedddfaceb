import assert from "node:assert/strict";
import { DiskLimit } from "../../src/provider/disk-limit.ts";
import { fetchOnce } from "../../src/provider/fetch-once.ts";
import { Failure } from "../../src/token/failure.ts";
import { SharedWorld } from "../support/fakes/shared-fetch.ts";

const never = () => new Promise<never>(() => {});
const isLate = (error: unknown) => error instanceof Failure && error.code === "STATE_WRITE";

describe("DiskLimit", () => {
  it("returns the result of a write, or throws its error", async () => {
    const disk = new DiskLimit("/state", 60_000);
    assert.equal(await disk.run(async () => 1), 1);
    const error = new Error("refused");
    await assert.rejects(
      disk.run(() => Promise.reject(error)),
      error,
    );
    assert.equal(disk.isLate, false);
  });

  it("ends a write that hangs, and lets no other begin", async () => {
    const disk = new DiskLimit("/state", 1);
    await assert.rejects(disk.run(never), isLate);
    assert.equal(disk.isLate, true);
    let hasBegun = false;
    await assert.rejects(
      disk.run(async () => {
        hasBegun = true;
      }),
      isLate,
    );
    assert.equal(hasBegun, false);
  });

  it("writes again after the late write has ended", async () => {
    const disk = new DiskLimit("/state", 1);
    const write = Promise.withResolvers<void>();
    await assert.rejects(
      disk.run(() => write.promise),
      isLate,
    );
    write.resolve();
    await disk.recovered;
    assert.equal(disk.isLate, false);
    assert.equal(await disk.run(async () => 2), 2);
  });

  it("keeps neither a token nor the cause of a failure back", async () => {
    const world = new SharedWorld();
    const disk = new DiskLimit("/state", 1);
    const hanging = world.process({
      writeAuthorization: () => disk.run(never),
      writeFailure: () => disk.run(never),
    });
    assert.equal((await fetchOnce(hanging)).secret, "secret 1");
    assert.deepEqual(world.reported, ["STATE_WRITE"]);
    world.refuse("ACCESS_DENIED");
    await assert.rejects(
      fetchOnce(hanging),
      (error) => error instanceof Failure && error.code === "ACCESS_DENIED",
    );
  });
});
