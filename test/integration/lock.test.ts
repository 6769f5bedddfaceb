import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Running } from "../support/program/run.ts";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** Milliseconds; less than what others wait for one that holds the lock and does not end. */
const soon = 9_000;

describe("the lock of a fetch", () => {
  const standing = useStanding();
  let alice: User;

  beforeEach(() => {
    alice = standing.user(keys("alice"));
  });

  /** Somebody who holds the lock and waits for an AWS that will never answer. */
  async function holder(): Promise<Running> {
    standing.aws.controls.hang("GetAuthorizationToken", { times: 1 });
    const first = alice.start(["get"], { input: registry });
    const hangs = () => standing.aws.controls.log().some(({ outcome }) => outcome === "hang");
    await eventually("the call of the one that holds the lock", hangs);
    return first;
  }

  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    it(`is released at once when its holder is ended by ${signal}`, async () => {
      const first = await holder();
      first.kill(signal);
      assert.notEqual((await first.ended).exitCode, 0);
      const next = await alice.get(registry);
      answered(next, registry);
      assert.ok(next.tookMs < soon, `${next.tookMs} ms`);
    });
  }

  it("passes to a waiting process when its holder is killed", async () => {
    const first = await holder();
    const waiting = [1, 2, 3].map(() => alice.start(["get"], { input: registry }));
    await Promise.race([eventually("nobody else's call", () => standing.calls() > 1, 300)]).catch(() => {});
    assert.equal(standing.calls(), 1, "they wait");
    first.kill("SIGKILL");
    const all = await Promise.all(waiting.map(({ ended }) => ended));
    const secrets = all.map((ran) => answered(ran, registry));
    assert.equal(new Set(secrets).size, 1);
    assert.equal(standing.calls(), 2);
    for (const { tookMs } of all) assert.ok(tookMs < soon, `${tookMs} ms`);
  });

  it("of one identity and region does not block others", async () => {
    const first = await holder();
    const ran = await alice.get(registry, { env: keys("bob") });
    answered(ran, registry);
    const west = registry.replace("us-east-1", "us-west-2");
    const other = await alice.get(west);
    answered(other, west);
    for (const { tookMs } of [ran, other]) assert.ok(tookMs < soon, `${tookMs} ms`);
    first.kill("SIGKILL");
    await first.ended;
  });

  it("is not needed by a get with a stored token", async () => {
    const secret = answered(await alice.get(registry), registry);
    const other = standing.user(keys("alice"));
    standing.aws.controls.hang("*");
    const held = other.start(["get"], { input: registry });
    assert.equal(answered(await alice.get(registry), registry), secret);
    held.kill("SIGKILL");
    await held.ended;
  });

  it("can be removed while it is held", async () => {
    const first = await holder();
    rmSync(join(alice.state, "locks"), { recursive: true });
    answered(await alice.get(registry), registry);
    first.kill("SIGKILL");
    await first.ended;
    answered(await alice.get(registry), registry);
  });

  it("shares a refusal with all waiting processes", async () => {
    const mallory = standing.user(keys("mallory"));
    standing.aws.controls.latency("GetAuthorizationToken", 500);
    const all = await Promise.all([1, 2, 3].map(() => mallory.get(registry)));
    const lines = all.map((ran) =>
      told(ran, "ACCESS_DENIED", registry, "user/mallory", "ecr:GetAuthorizationToken"),
    );
    assert.equal(new Set(lines).size, 1);
    assert.equal(standing.calls(), 1);
  });
});
