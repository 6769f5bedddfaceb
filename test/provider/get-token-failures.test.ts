import assert from "node:assert/strict";
import { hour, minute, second } from "../support/fakes/clock.ts";
import { ColdWorld, refusal } from "../support/fakes/cold-world.ts";
import { host, publicHost } from "../support/fakes/entries.ts";

describe("a cold get in trouble", () => {
  let world: ColdWorld;
  beforeEach(() => {
    world = new ColdWorld();
  });

  describe("when AWS can't be had", () => {
    beforeEach(() => {
      world.aws = refusal("UNREACHABLE");
    });

    it("hands out a valid token with little life left, and says so in the log", async () => {
      await world.cached(50 * minute);
      assert.equal(await world.get(host), "lying");
      assert.match(world.log.join("\n"), /a valid token answered .*UNREACHABLE/);
    });

    it("hands it out to its last moment", async () => {
      await world.cached(1);
      assert.equal(await world.get(host), "lying");
    });

    it("fails rather than hand out one that expired", async () => {
      await world.cached(0);
      assert.equal(await world.failure(host), "UNREACHABLE");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "UNREACHABLE");
    });

    it("fails rather than hand out one that expires while AWS is asked", async () => {
      await world.cached(3 * second);
      world.callTakes = 3 * second;
      assert.equal(await world.failure(host), "UNREACHABLE");
      assert.equal(world.calls.length, 1);
    });

    it("does not bring one back to life by a clock that was set back", async () => {
      await world.cached(11 * hour);
      world.clock.pass(11 * hour).set(-24 * hour);
      assert.equal(await world.failure(host), "UNREACHABLE");
    });

    it("does not go on asking while a valid token lies there: once a minute will do", async () => {
      await world.cached(50 * minute);
      await world.failed(59 * second);
      assert.equal(await world.get(host), "lying");
      assert.deepEqual(world.calls, []);
      world.clock.pass(second);
      assert.equal(await world.get(host), "lying");
      assert.equal(world.calls.length, 1);
    });

    it("asks again at once for the sake of one who has no valid token", async () => {
      await world.failed(second);
      assert.equal(await world.failure(host), "UNREACHABLE");
      assert.equal(world.calls.length, 1);
    });

    describe("just met by another get, under the same conditions", () => {
      const met = (ago: number, code: string, conditions = world.conditions) =>
        world.failed(ago, code, { conditions });

      const windows: [code: string, seconds: number][] = [
        ["UNREACHABLE", 10],
        ["TIMEOUT", 10],
        ["NO_CREDENTIALS", 10],
        ["ACCESS_DENIED", 30],
        ["THROTTLED", 30],
        ["SSO_EXPIRED", 30],
        ["AWS_FAULT", 10],
        ["CLOCK_SKEW", 10],
        ["PROCESS_FAILED", 0],
        ["CONFIG_INVALID", 0],
        ["a code of a newer version", 0],
      ];
      for (const [code, seconds] of windows) {
        it(`${code} answers for ${seconds} seconds`, async () => {
          if (seconds > 0) {
            await met((seconds - 1) * second, code);
            assert.equal(await world.failure(host), code);
            assert.deepEqual(world.calls, []);
          }
          await met(seconds * second, code);
          assert.equal(await world.failure(host), "UNREACHABLE");
          assert.equal(world.calls.length, 1);
        });
      }

      it("answers where an expired token is stored too", async () => {
        await world.cached(0);
        await met(second, "ACCESS_DENIED");
        assert.equal(await world.failure(host), "ACCESS_DENIED");
      });

      it("names the registry", async () => {
        await world.failed(second, "ACCESS_DENIED", {
          conditions: world.conditions,
          what: `no ECR token for ${host}`,
        });
        await assert.rejects(world.get(host), { message: `no ECR token for ${host}` });
      });

      it("does not answer once a file or a setting has changed that may end it", async () => {
        await met(second, "ACCESS_DENIED");
        world.conditions = "others";
        assert.equal(await world.failure(host), "UNREACHABLE");
      });

      it("does not answer for another endpoint", async () => {
        await world.failed(second, "ACCESS_DENIED", { conditions: world.conditions, endpoint: "other" });
        assert.equal(await world.failure(host), "UNREACHABLE");
      });

      it("does not answer in the future", async () => {
        await met(-second, "ACCESS_DENIED");
        assert.equal(await world.failure(host), "UNREACHABLE");
      });
    });

    it("takes no failure of the future for one just met", async () => {
      await world.cached(50 * minute);
      await world.failed(-hour);
      await world.get(host);
      assert.equal(world.calls.length, 1);
    });

    it("hands out the registry's own file where the token it was copied from is gone", async () => {
      await world.ownFile(host, 50 * minute);
      assert.equal(await world.get(host), "own file");
    });

    it("hands out a valid token also where the trouble is one that nobody foresaw", async () => {
      world.aws = new TypeError("a bug");
      await world.cached(50 * minute);
      assert.equal(await world.get(host), "lying");
    });

    it("tells an error that nobody foresaw where there is no token", async () => {
      world.aws = new TypeError("a bug");
      assert.equal(await world.failure(host), "TypeError: a bug");
    });
  });

  describe("with a config that can't be used", () => {
    beforeEach(() => {
      world.config = refusal("CONFIG_INVALID");
    });

    it("hands out the registry's own token while it is valid, and says so in the log", async () => {
      await world.ownFile(host, 50 * minute);
      assert.equal(await world.get(host), "own file");
      assert.match(world.log.join("\n"), /it failed with CONFIG_INVALID/);
      assert.deepEqual(world.calls, []);
    });

    it("tells what is wrong with it where that token expired, or there is none", async () => {
      assert.equal(await world.failure(host), "CONFIG_INVALID");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "CONFIG_INVALID");
    });

    it("tells it for a public registry as well: a real failure is no reason to be anonymous", async () => {
      assert.equal(await world.failure(publicHost), "CONFIG_INVALID");
    });
  });

  describe("with a disk that takes no more", () => {
    beforeEach(() => {
      world.store.broken = refusal("STATE_WRITE");
    });

    it("prints the token that was fetched, and says so in the log", async () => {
      assert.equal(await world.get(host), "call 1");
      assert.match(world.log.join("\n"), /STATE_WRITE/);
      assert.equal(world.store.registries.get(host)?.secret, undefined);
    });

    it("prints the token that lay there", async () => {
      world.store.broken = undefined;
      await world.cached(11 * hour);
      world.store.broken = refusal("STATE_WRITE");
      assert.equal(await world.get(host), "lying");
    });
  });
});
