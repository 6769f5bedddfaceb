import assert from "node:assert/strict";
import { fetchOnce } from "../../src/provider/fetch-once.ts";
import { Failure } from "../../src/token/failure.ts";
import { type CodeTraits, type FailureCode, failureCodes } from "../../src/token/failure-codes.ts";
import { hour, second } from "../support/fakes/clock.ts";
import { authorizationEntry, failureEntry } from "../support/fakes/entries.ts";
import { SharedWorld } from "../support/fakes/shared-fetch.ts";

const many = (count: number) => Array.from({ length: count });
const full = new Failure("STATE_WRITE", "the disk is full", "free it");

describe("fetchOnce", () => {
  let world: SharedWorld;
  beforeEach(() => {
    world = new SharedWorld();
  });
  const secretFor = async (process = world.process()) => (await fetchOnce(process)).secret;
  const codeFor = async (process = world.process()) =>
    await fetchOnce(process).then(
      () => "answered",
      (error: Failure) => `${error.code}: ${error.message}`,
    );

  it("asks AWS where nothing lies ready, keeps the answer and gives the lock back", async () => {
    assert.equal(await secretFor(), "secret 1");
    assert.equal(world.store.authorizations.get("shared-key")?.secret, "secret 1");
    assert.equal(world.held, false);
  });

  it("asks once for a hundred who ask at once", async () => {
    const secrets = await Promise.all(many(100).map(() => secretFor()));
    assert.deepEqual(new Set(secrets), new Set(["secret 1"]));
    assert.equal(world.calls, 1);
    assert.equal(world.held, false);
  });

  it("asks again where what lies there will not do", async () => {
    await world.store.writeAuthorization("shared-key", authorizationEntry({ secret: "old" }));
    const enough = (entry: { secret: string }) => entry.secret !== "old";
    assert.equal(await secretFor(world.process({ enough })), "secret 1");
  });

  it("takes what another wrote between the look and the lock", async () => {
    await world.store.writeAuthorization("shared-key", authorizationEntry({ secret: "just written" }));
    assert.equal(await secretFor(), "just written");
    assert.equal(world.calls, 0);
  });

  describe("when AWS refuses", () => {
    it("asks once and tells all who waited, as it was told", async () => {
      world.refuse("ACCESS_DENIED");
      const told = await Promise.all(many(20).map(() => codeFor()));
      assert.deepEqual(new Set(told), new Set(["ACCESS_DENIED: call 1 was refused"]));
      assert.equal(world.calls, 1);
      assert.equal(world.held, false);
    });

    for (const [code, { shared = false }] of Object.entries<CodeTraits>(failureCodes)) {
      it(`asks ${shared ? "once for all" : "for each"} on ${code}`, async () => {
        world.refuse(code as FailureCode);
        await Promise.all(many(3).map(() => codeFor()));
        assert.equal(world.calls, shared ? 1 : 3);
      });
    }

    it("asks anew for one who comes later", async () => {
      world.refuse("ACCESS_DENIED");
      await codeFor();
      world.clock.pass(1);
      assert.equal(await codeFor(), "ACCESS_DENIED: call 2 was refused");
    });

    it("asks anew for one who calls another endpoint, though they waited", async () => {
      world.refuse("ACCESS_DENIED");
      const endpoint = "ecr.us-east-1.api.aws";
      const told = await Promise.all([codeFor(), codeFor(world.process({ endpoint }))]);
      assert.deepEqual(told, ["ACCESS_DENIED: call 1 was refused", "ACCESS_DENIED: call 2 was refused"]);
    });

    it("does not take a failure of the future for one just met: the clock was ahead then", async () => {
      await world.store.writeFailure("shared-key", failureEntry({ at: world.clock.now + 24 * hour }));
      assert.equal(await codeFor(), "answered");
    });

    it("forgets the failure when a token is had", async () => {
      world.refuse("UNREACHABLE");
      await codeFor();
      world.clock.pass(1);
      world.answer = async () => "secret";
      await secretFor();
      assert.equal(world.store.failures.size, 0);
    });

    it("tells the failure though it can't be kept", async () => {
      world.refuse("UNREACHABLE");
      world.store.broken = full;
      assert.equal(await codeFor(), "UNREACHABLE: call 1 was refused");
      assert.deepEqual(world.reported, ["STATE_WRITE"]);
    });

    it("gives the lock back and keeps nothing of an error that nobody foresaw", async () => {
      world.answer = async () => {
        throw new TypeError("a bug");
      };
      await assert.rejects(fetchOnce(world.process()), TypeError);
      assert.equal(world.held, false);
      assert.equal(world.store.failures.size, 0);
    });
  });

  describe("when the one who holds the lock", () => {
    it("is stuck: waits until the moment that was set, then asks without the lock", async () => {
      world.held = true;
      const began = world.clock.now;
      assert.equal(await secretFor(), "secret 1");
      assert.equal(world.clock.now - began, 10 * second);
      assert.equal(world.held, true);
    });

    it("is stuck and nothing may be waited for: asks at once", async () => {
      world.held = true;
      assert.equal(await secretFor(world.process({ waitUntil: world.clock.now })), "secret 1");
    });

    it("ends without a word, as one that was killed: the next in turn asks", async () => {
      world.held = true;
      const pause = async () => {
        world.held = false;
      };
      assert.equal(await secretFor(world.process({ pause })), "secret 1");
      assert.equal(world.calls, 1);
    });

    it("writes while it holds: the token is taken before the lock is free", async () => {
      world.held = true;
      const entry = authorizationEntry({ secret: "early" });
      const pause = () => world.store.writeAuthorization("shared-key", entry);
      assert.equal(await secretFor(world.process({ pause })), "early");
      assert.equal(world.held, true);
    });
  });

  describe("where the disk refuses", () => {
    it("the lock: answers all the same, with more calls, and tells why", async () => {
      world.lockBroken = new Failure("STATE_LOCK", "can't be locked", "remove it");
      assert.deepEqual(await Promise.all([secretFor(), secretFor()]), ["secret 1", "secret 2"]);
      assert.deepEqual(world.reported, ["STATE_LOCK", "STATE_LOCK"]);
    });

    it("the token: answers all the same, and tells why", async () => {
      world.store.broken = full;
      assert.equal(await secretFor(), "secret 1");
      assert.deepEqual(world.reported, ["STATE_WRITE"]);
      assert.equal(world.held, false);
    });
  });
});
