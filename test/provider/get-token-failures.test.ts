import assert from "node:assert/strict";
import { IdentityChanged } from "../../src/provider/get-token.ts";
import { hour, minute, second } from "../support/fakes/clock.ts";
import { ColdWorld, refusal } from "../support/fakes/cold-world.ts";
import { host, publicHost } from "../support/fakes/entries.ts";

describe("a cold get that fails", () => {
  let world: ColdWorld;
  beforeEach(() => {
    world = new ColdWorld();
  });

  describe("when AWS can't be reached", () => {
    beforeEach(() => {
      world.aws = refusal("UNREACHABLE");
    });

    it("returns a valid token with little time left, and logs that", async () => {
      await world.cached(50 * minute);
      assert.equal(await world.get(host), "lying");
      assert.match(world.log.join("\n"), /returned the stored token.*UNREACHABLE/);
    });

    it("returns it until it expires", async () => {
      await world.cached(1);
      assert.equal(await world.get(host), "lying");
    });

    it("fails rather than return one that has expired", async () => {
      await world.cached(0);
      assert.equal(await world.failure(host), "UNREACHABLE");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "UNREACHABLE");
    });

    it("fails rather than return one that expires during the call to AWS", async () => {
      await world.cached(3 * second);
      world.callTakes = 3 * second;
      assert.equal(await world.failure(host), "UNREACHABLE");
      assert.equal(world.calls.length, 1);
    });

    it("does not revive one if the clock was set back", async () => {
      await world.cached(11 * hour);
      world.clock.pass(11 * hour).set(-24 * hour);
      assert.equal(await world.failure(host), "UNREACHABLE");
    });

    it("calls only once a minute while a valid token is stored", async () => {
      await world.cached(50 * minute);
      await world.failed(59 * second);
      assert.equal(await world.get(host), "lying");
      assert.deepEqual(world.calls, []);
      world.clock.pass(second);
      assert.equal(await world.get(host), "lying");
      assert.equal(world.calls.length, 1);
    });

    it("calls again at once for a registry without a valid token", async () => {
      await world.failed(second);
      assert.equal(await world.failure(host), "UNREACHABLE");
      assert.equal(world.calls.length, 1);
    });

    describe("a recent failure of another get, under the same conditions", () => {
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

      it("answers if an expired token is stored too", async () => {
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

      it("does not answer once a file or a setting that may end it has changed", async () => {
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

    it("does not treat a failure in the future as recent", async () => {
      await world.cached(50 * minute);
      await world.failed(-hour);
      await world.get(host);
      assert.equal(world.calls.length, 1);
    });

    it("returns the registry's own token if the one it was copied from is gone", async () => {
      await world.ownFile(host, 50 * minute);
      assert.equal(await world.get(host), "own file");
    });

    it("returns a valid token on an unexpected error too", async () => {
      world.aws = new TypeError("a bug");
      await world.cached(50 * minute);
      assert.equal(await world.get(host), "lying");
    });

    it("throws an unexpected error if there is no token", async () => {
      world.aws = new TypeError("a bug");
      assert.equal(await world.failure(host), "TypeError: a bug");
    });
  });

  describe("if AWS files change while a token is fetched", () => {
    const changed = new IdentityChanged(host, { username: "AWS", secret: "first" }, ["/home/me/.aws/config"]);

    /** @param failures of the calls, in order; undefined: the call succeeds */
    function fail(...failures: readonly unknown[]): void {
      Object.defineProperty(world, "aws", { get: () => failures[world.calls.length - 1] });
    }

    it("fetches another one", async () => {
      fail(changed);
      assert.equal(await world.get(host), "call 2");
    });

    it("returns the second one, and names the file in the log, if they change each time", async () => {
      fail(changed, changed);
      assert.equal(await world.get(host), "first");
      assert.match(world.log.join("\n"), /so none is stored: \/home\/me\/.aws\/config changed/);
    });

    it("names the file if there is too little time for another one", async () => {
      fail(changed, refusal("TIMEOUT"));
      await assert.rejects(world.get(host), ({ code, message }) => {
        assert.equal(code, "TIMEOUT");
        assert.match(
          message,
          /; a token was fetched before, but not used, because \/home\/me\/.aws\/config changed/,
        );
        return true;
      });
    });

    it("reports another failure as it is", async () => {
      fail(changed, refusal("ACCESS_DENIED"));
      await assert.rejects(world.get(host), ({ message }) => !/changed/.test(message));
    });
  });

  describe("with an invalid config.yaml", () => {
    beforeEach(() => {
      world.config = refusal("CONFIG_INVALID");
    });

    it("returns the registry's own token while it is valid, and logs that", async () => {
      await world.ownFile(host, 50 * minute);
      assert.equal(await world.get(host), "own file");
      assert.match(world.log.join("\n"), /it failed with CONFIG_INVALID/);
      assert.deepEqual(world.calls, []);
    });

    it("reports the config's error if that token has expired, or there is none", async () => {
      assert.equal(await world.failure(host), "CONFIG_INVALID");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "CONFIG_INVALID");
    });

    it("reports it for a public registry too: a real failure is no reason to be anonymous", async () => {
      assert.equal(await world.failure(publicHost), "CONFIG_INVALID");
    });
  });

  describe("with a full disk", () => {
    beforeEach(() => {
      world.store.broken = refusal("STATE_WRITE");
    });

    it("prints the fetched token, and logs the failure", async () => {
      assert.equal(await world.get(host), "call 1");
      assert.match(world.log.join("\n"), /STATE_WRITE/);
      assert.equal(world.store.registries.get(host)?.secret, undefined);
    });

    it("prints the stored token", async () => {
      world.store.broken = undefined;
      await world.cached(11 * hour);
      world.store.broken = refusal("STATE_WRITE");
      assert.equal(await world.get(host), "lying");
    });
  });
});
