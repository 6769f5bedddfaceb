import assert from "node:assert/strict";
import { hour, minute, second } from "../support/fakes/clock.ts";
import { ColdWorld, refusal } from "../support/fakes/cold-world.ts";
import { host, otherHost, publicHost } from "../support/fakes/entries.ts";

const elsewhere = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

describe("a cold get", () => {
  let world: ColdWorld;
  beforeEach(() => {
    world = new ColdWorld();
  });
  const secretIn = (at: string) => world.store.registries.get(at)?.secret;

  describe("with AWS at hand", () => {
    it("asks where nothing lies ready, and keeps the answer with its conditions", async () => {
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

    it("takes the fresh token that another registry of the identity and region brought", async () => {
      await world.get(host);
      assert.equal(await world.get(otherHost), "call 1");
      assert.equal(secretIn(otherHost), "call 1");
      assert.equal(world.calls.length, 1);
    });

    it("writes the file once where many waited for one token", async () => {
      await world.get(host);
      world.store.broken = refusal("STATE_WRITE");
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.log, []);
    });

    it("asks for each region", async () => {
      await world.get(host);
      assert.equal(await world.get(elsewhere), "call 2");
      assert.deepEqual(world.calls, ["ci us-east-1", "ci eu-west-1"]);
    });

    it("renews, pressed for time, a token with little life left", async () => {
      await world.lying(50 * minute);
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.calls, ["ci us-east-1, hurried"]);
      assert.equal(secretIn(host), "call 1");
    });

    it("renews one that expired, with time to do so", async () => {
      await world.lying(0);
      assert.equal(await world.get(host), "call 1");
      assert.deepEqual(world.calls, ["ci us-east-1"]);
    });
  });

  describe("when somebody else asks", () => {
    it("does not get the former identity's token", async () => {
      await world.get(host);
      world.identity = "prod";
      assert.equal(await world.get(host), "call 2");
      assert.deepEqual(world.calls, ["ci us-east-1", "prod us-east-1"]);
    });

    for (const left of [11 * hour, 50 * minute]) {
      it(`does not get it though AWS is down and it has ${left / minute} min left`, async () => {
        await world.lying(left, "of ci");
        await world.ownFile(host, left);
        world.identity = "prod";
        world.aws = refusal("NETWORK");
        assert.equal(await world.failure(host), "NETWORK");
        world.config = refusal("CONFIG");
        assert.equal(await world.failure(host), "CONFIG");
      });
    }

    it("pays nothing to come back to the former one", async () => {
      await world.get(host);
      world.identity = "prod";
      await world.get(host);
      world.identity = "ci";
      assert.equal(await world.get(host), "call 1");
      assert.equal(world.calls.length, 2);
    });
  });

  describe("when AWS can't be had", () => {
    beforeEach(() => {
      world.aws = refusal("NETWORK");
    });

    it("hands out a valid token with little life left, and says so in the log", async () => {
      await world.lying(50 * minute);
      assert.equal(await world.get(host), "lying");
      assert.match(world.log.join("\n"), /a valid token answered .*NETWORK/);
    });

    it("hands it out to its last moment", async () => {
      await world.lying(1);
      assert.equal(await world.get(host), "lying");
    });

    it("fails rather than hand out one that expired", async () => {
      await world.lying(0);
      assert.equal(await world.failure(host), "NETWORK");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "NETWORK");
    });

    it("fails rather than hand out one that expires while AWS is asked", async () => {
      await world.lying(3 * second);
      world.callTakes = 3 * second;
      assert.equal(await world.failure(host), "NETWORK");
      assert.equal(world.calls.length, 1);
    });

    it("does not bring one back to life by a clock that was set back", async () => {
      await world.lying(11 * hour);
      world.clock.pass(11 * hour).set(-24 * hour);
      assert.equal(await world.failure(host), "NETWORK");
    });

    it("does not go on asking while a valid token lies there: once a minute will do", async () => {
      await world.lying(50 * minute);
      await world.failed(59 * second);
      assert.equal(await world.get(host), "lying");
      assert.deepEqual(world.calls, []);
      world.clock.pass(second);
      assert.equal(await world.get(host), "lying");
      assert.equal(world.calls.length, 1);
    });

    it("asks again at once for the sake of one who has no valid token", async () => {
      await world.failed(second);
      assert.equal(await world.failure(host), "NETWORK");
      assert.equal(world.calls.length, 1);
    });

    it("takes no failure of the future for one just met", async () => {
      await world.lying(50 * minute);
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
      await world.lying(50 * minute);
      assert.equal(await world.get(host), "lying");
    });

    it("tells an error that nobody foresaw where there is no token", async () => {
      world.aws = new TypeError("a bug");
      assert.equal(await world.failure(host), "TypeError: a bug");
    });
  });

  describe("with a config that can't be used", () => {
    beforeEach(() => {
      world.config = refusal("CONFIG");
    });

    it("hands out the registry's own token while it is valid, and says so in the log", async () => {
      await world.ownFile(host, 50 * minute);
      assert.equal(await world.get(host), "own file");
      assert.match(world.log.join("\n"), /it failed with CONFIG/);
      assert.deepEqual(world.calls, []);
    });

    it("tells what is wrong with it where that token expired, or there is none", async () => {
      assert.equal(await world.failure(host), "CONFIG");
      await world.ownFile(host, 0);
      assert.equal(await world.failure(host), "CONFIG");
    });

    it("tells it for a public registry as well: a real failure is no reason to be anonymous", async () => {
      assert.equal(await world.failure(publicHost), "CONFIG");
    });
  });

  describe("with a disk that takes no more", () => {
    beforeEach(() => {
      world.store.broken = refusal("STATE_WRITE");
    });

    it("prints the token that was fetched, and says so in the log", async () => {
      assert.equal(await world.get(host), "call 1");
      assert.match(world.log.join("\n"), /STATE_WRITE/);
      assert.equal(secretIn(host), undefined);
    });

    it("prints the token that lay there", async () => {
      world.store.broken = undefined;
      await world.lying(11 * hour);
      world.store.broken = refusal("STATE_WRITE");
      assert.equal(await world.get(host), "lying");
    });
  });

  describe("for the public registry", () => {
    for (const code of ["NO_CREDENTIALS", "ACCESS_DENIED", "SSO_EXPIRED", "KEYS_UNKNOWN"]) {
      it(`finds nothing on ${code}, so that anonymous pulls work`, async () => {
        world.aws = refusal(code);
        assert.equal(await world.get(publicHost), undefined);
        assert.match(world.log.join("\n"), new RegExp(`anonymous .*${code}`));
      });

      it(`but of a private registry tells ${code}`, async () => {
        world.aws = refusal(code);
        assert.equal(await world.failure(host), code);
      });
    }

    it("asks no second time within a minute where there are no credentials: a build pulls many images", async () => {
      world.aws = refusal("NO_CREDENTIALS");
      await world.failed(30 * second, "NO_CREDENTIALS");
      assert.equal(await world.get(publicHost), undefined);
      assert.deepEqual(world.calls, []);
    });

    for (const code of ["NETWORK", "THROTTLED", "EXPIRED_CREDENTIALS", "GET_TIMEOUT"]) {
      it(`tells ${code}`, async () => {
        world.aws = refusal(code);
        assert.equal(await world.failure(publicHost), code);
      });
    }

    it("hands out a valid token rather than nothing", async () => {
      await world.lying(50 * minute);
      world.aws = refusal("NO_CREDENTIALS");
      assert.equal(await world.get(publicHost), "lying");
    });

    it("finds nothing rather than a token that expired", async () => {
      await world.lying(0);
      world.aws = refusal("NO_CREDENTIALS");
      assert.equal(await world.get(publicHost), undefined);
    });
  });
});
