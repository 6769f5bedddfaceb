import assert from "node:assert/strict";
import { hour, minute } from "../support/fakes/clock.ts";
import { ColdWorld, refusal } from "../support/fakes/cold-world.ts";
import { host, otherHost } from "../support/fakes/entries.ts";

const elsewhere = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

describe("a cold get", () => {
  let world: ColdWorld;
  beforeEach(() => {
    world = new ColdWorld();
  });
  const secretIn = (at: string) => world.store.registries.get(at)?.secret;

  describe("when AWS can be reached", () => {
    it("fetches a token if none is stored, and stores it with its conditions", async () => {
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.calls, ["ci us-east-1"]);
      const { secret, identity, authorization, dependencies, life } = world.store.registries.get(host) ?? {};
      assert.deepEqual(
        { secret, identity, authorization, dependencies, expiresAt: life?.expiresAt },
        {
          secret: "call 1",
          identity: "ci",
          authorization: "key of ci in us-east-1",
          dependencies: world.dependencies,
          expiresAt: world.clock.now + 12 * hour,
        },
      );
    });

    it("takes the fresh token of another registry of the same identity and region", async () => {
      await world.get(host);
      assert.equal(await world.get(otherHost), "call 1");
      assert.equal(secretIn(otherHost), "call 1");
      assert.equal(world.calls.length, 1);
    });

    it("writes the file once if many waited for one token", async () => {
      await world.get(host);
      world.store.broken = refusal("STATE_WRITE");
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.log, []);
    });

    it("fetches a token for each region", async () => {
      await world.get(host);
      assert.equal(await world.get(elsewhere), "call 2");
      assert.deepEqual(world.calls, ["ci us-east-1", "ci eu-west-1"]);
    });

    it("renews a token with little time left, with a short deadline", async () => {
      await world.cached(50 * minute);
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.calls, ["ci us-east-1, hurried"]);
      assert.equal(secretIn(host), "call 1");
    });

    it("renews an expired token, with the long deadline", async () => {
      await world.cached(0);
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.calls, ["ci us-east-1"]);
    });
  });

  for (const left of [11 * hour, 50 * minute]) {
    it(`takes a token of ${left / minute} min in the registry's own file, where the shared one has expired and AWS is down`, async () => {
      await world.cached(0, "expired");
      await world.ownFile(host, left);
      const { secret } = world.store.registries.get(host) ?? assert.fail("no file");
      world.aws = refusal("UNREACHABLE");
      assert.equal(await world.get(host), secret);
    });
  }

  describe("with another identity", () => {
    it("does not return the previous identity's token", async () => {
      await world.get(host);
      world.identity = "prod";
      assert.equal(await world.get(host), "call 2");
      assert.deepEqual(world.calls, ["ci us-east-1", "prod us-east-1"]);
    });

    for (const left of [11 * hour, 50 * minute]) {
      it(`does not return it though AWS is down and it has ${left / minute} min left`, async () => {
        await world.cached(left, "of ci");
        await world.ownFile(host, left);
        world.identity = "prod";
        world.aws = refusal("UNREACHABLE");
        assert.equal(await world.failure(host), "UNREACHABLE");
        world.config = refusal("CONFIG_INVALID");
        assert.equal(await world.failure(host), "CONFIG_INVALID");
      });
    }

    it("needs no call to return to the previous one", async () => {
      await world.get(host);
      world.identity = "prod";
      await world.get(host);
      world.identity = "ci";
      assert.equal(await world.get(host), "call 1");
      assert.equal(world.calls.length, 2);
    });
  });
});
