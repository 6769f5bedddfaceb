import assert from "node:assert/strict";
import { minute } from "../support/fakes/clock.ts";
import { seeded } from "./support.ts";
import { World } from "./world.ts";

async function lapse(days: number, identities: number, seed: number, asTold = false): Promise<World> {
  const world = new World(days, identities, 5, seeded(seed), asTold);
  await world.run();
  return world;
}

/** LAPSE_SEED=n runs another life of the same machine. */
const seed = Number(process.env.LAPSE_SEED ?? 1);

describe(`60 days of a machine with 50 identities in 5 regions, seed ${seed}`, function () {
  this.timeout(600_000);
  let world: World;
  const counts = () => JSON.stringify(world.counts);

  before(async () => {
    // The passes that have nothing to do are left out: that it comes to the same is shown below.
    world = await lapse(60, 50, seed, true);
  });

  it("had enough troubles to tell of", () => {
    const { unanswered, throttled, ssoRefused, gets } = world.counts;
    for (const count of [unanswered, throttled, ssoRefused]) assert.ok(count > 50, counts());
    assert.ok(gets > 200_000);
  });

  it("no get met an expired token, nor asked AWS while the machine was awake and its identity usable", () => {
    assert.deepEqual(world.violations, []);
  });

  it("asked AWS at most a tenth more often than one who knows the future", () => {
    const { issued, throttled, minimum } = world.counts;
    assert.ok(issued >= minimum * 0.9, counts());
    assert.ok(issued + throttled <= minimum * 1.1, counts());
  });

  it("asked in vain, for each that waited, no oftener than every five minutes of an outage, every fifteen of an ended session", () => {
    const { unanswered, ssoRefused } = world.counts;
    assert.ok(
      unanswered <= world.waited.outage / (5 * minute),
      `${counts()} ${JSON.stringify(world.waited)}`,
    );
    assert.ok(
      ssoRefused <= world.waited.signedOut / (15 * minute),
      `${counts()} ${JSON.stringify(world.waited)}`,
    );
  });
});

describe("a run of the time-lapse", function () {
  this.timeout(120_000);

  it("is repeated by its seed, and another one by another", async () => {
    const [one, again, other] = [await lapse(4, 10, 7), await lapse(4, 10, 7), await lapse(4, 10, 8)];
    assert.deepEqual(one.counts, again.counts);
    assert.notDeepEqual(one.counts, other.counts);
  });

  it("goes just the same without the passes before the moment that each names for the next", async () => {
    assert.deepEqual((await lapse(15, 4, 9, true)).counts, (await lapse(15, 4, 9)).counts);
  });

  for (const seed of [2, 3]) {
    it(`of 12 days and seed ${seed} shows no get an expired token either`, async () => {
      assert.deepEqual((await lapse(12, 10, seed)).violations, []);
    });
  }
});
