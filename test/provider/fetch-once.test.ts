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

  it("calls AWS if no token is stored, stores the answer and releases the lock", async () => {
    assert.equal(await secretFor(), "secret 1");
    assert.equal(world.store.authorizations.get("shared-key")?.secret, "secret 1");
    assert.equal(world.held, false);
  });

  it("calls AWS once for a hundred requests at once", async () => {
    const secrets = await Promise.all(many(100).map(() => secretFor()));
    assert.deepEqual(new Set(secrets), new Set(["secret 1"]));
    assert.equal(world.calls, 1);
    assert.equal(world.held, false);
  });

  it("calls again if the stored token is not sufficient", async () => {
    await world.store.writeAuthorization("shared-key", authorizationEntry({ secret: "old" }));
    const isSufficient = (entry: { secret: string }) => entry.secret !== "old";
    assert.equal(await secretFor(world.process({ isSufficient })), "secret 1");
  });

  it("takes a token that another process wrote just before the lock was taken", async () => {
    await world.store.writeAuthorization("shared-key", authorizationEntry({ secret: "just written" }));
    assert.equal(await secretFor(), "just written");
    assert.equal(world.calls, 0);
  });

  describe("when AWS refuses", () => {
    it("calls once and returns the failure to all that waited", async () => {
      world.refuse("ACCESS_DENIED");
      const told = await Promise.all(many(20).map(() => codeFor()));
      assert.deepEqual(new Set(told), new Set(["ACCESS_DENIED: call 1 was refused"]));
      assert.equal(world.calls, 1);
      assert.equal(world.held, false);
    });

    for (const [code, { shared = false }] of Object.entries<CodeTraits>(failureCodes)) {
      it(`calls ${shared ? "once for all" : "for each"} on ${code}`, async () => {
        world.refuse(code as FailureCode);
        await Promise.all(many(3).map(() => codeFor()));
        assert.equal(world.calls, shared ? 1 : 3);
      });
    }

    it("calls again for a later request", async () => {
      world.refuse("ACCESS_DENIED");
      await codeFor();
      world.clock.pass(1);
      assert.equal(await codeFor(), "ACCESS_DENIED: call 2 was refused");
    });

    it("calls again for a request to another endpoint, though it waited", async () => {
      world.refuse("ACCESS_DENIED");
      const endpoint = "ecr.us-east-1.api.aws";
      const told = await Promise.all([codeFor(), codeFor(world.process({ endpoint }))]);
      assert.deepEqual(told, ["ACCESS_DENIED: call 1 was refused", "ACCESS_DENIED: call 2 was refused"]);
    });

    it("does not treat a failure in the future as recent: the clock was ahead then", async () => {
      await world.store.writeFailure("shared-key", failureEntry({ at: world.clock.now + 24 * hour }));
      assert.equal(await codeFor(), "answered");
    });

    it("clears the failure when a token was fetched", async () => {
      world.refuse("UNREACHABLE");
      await codeFor();
      world.clock.pass(1);
      world.answer = async () => "secret";
      await secretFor();
      assert.equal(world.store.failures.size, 0);
    });

    it("returns the failure though it can't be stored", async () => {
      world.refuse("UNREACHABLE");
      world.store.broken = full;
      assert.equal(await codeFor(), "UNREACHABLE: call 1 was refused");
      assert.deepEqual(world.reported, ["STATE_WRITE"]);
    });

    it("releases the lock and stores nothing on an unexpected error", async () => {
      world.answer = async () => {
        throw new TypeError("a bug");
      };
      await assert.rejects(fetchOnce(world.process()), TypeError);
      assert.equal(world.held, false);
      assert.equal(world.store.failures.size, 0);
    });
  });

  describe("when the process with the lock", () => {
    it("hangs: waits until the deadline, then calls without the lock", async () => {
      world.held = true;
      const began = world.clock.now;
      assert.equal(await secretFor(), "secret 1");
      assert.equal(world.clock.now - began, 10 * second);
      assert.equal(world.held, true);
    });

    it("hangs and there is no time to wait: calls at once", async () => {
      world.held = true;
      assert.equal(await secretFor(world.process({ isWaitOver: () => true })), "secret 1");
    });

    it("is killed: the next process calls", async () => {
      world.held = true;
      const wait = async () => {
        world.held = false;
      };
      assert.equal(await secretFor(world.process({ wait })), "secret 1");
      assert.equal(world.calls, 1);
    });

    it("has written the token: it is taken before the lock is released", async () => {
      world.held = true;
      const entry = authorizationEntry({ secret: "early" });
      const wait = () => world.store.writeAuthorization("shared-key", entry);
      assert.equal(await secretFor(world.process({ wait })), "early");
      assert.equal(world.held, true);
    });
  });

  describe("when the disk refuses", () => {
    it("the lock: answers anyway, with more calls, and reports why", async () => {
      world.lockBroken = new Failure("STATE_LOCK", "can't be locked", "remove it");
      assert.deepEqual(await Promise.all([secretFor(), secretFor()]), ["secret 1", "secret 2"]);
      assert.deepEqual(world.reported, ["STATE_LOCK", "STATE_LOCK"]);
    });

    it("the token: answers anyway, and reports why", async () => {
      world.store.broken = full;
      assert.equal(await secretFor(), "secret 1");
      assert.deepEqual(world.reported, ["STATE_WRITE"]);
      assert.equal(world.held, false);
    });
  });
});
