import assert from "node:assert/strict";
import {
  keys,
  otherRegistry,
  publicRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { hour, logOf, minute, passTime, second } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

describe("while AWS does not respond", () => {
  const standing = useStanding();

  /** Somebody whose token is that old. */
  async function withTokenOf(age: number): Promise<{ alice: User; secret: string }> {
    const alice = standing.user(keys("alice"));
    const secret = answered(await alice.get(registry), registry);
    passTime(alice, age);
    standing.aws.controls.reset();
    return { alice, secret };
  }

  const outages: Readonly<Record<string, readonly [begin: () => void, code: string, ...parts: string[]]>> = {
    "refuses every connection": [() => standing.aws.controls.refuse("*"), "UNREACHABLE"],
    "has an internal error": [
      () => standing.aws.controls.fail("*", { status: 500 }),
      "AWS_FAULT",
      "HTTP 500",
    ],
    "is unavailable": [() => standing.aws.controls.fail("*", { status: 503 }), "AWS_FAULT", "HTTP 503"],
    "denies access": [
      () => standing.aws.controls.fail("*", { status: 400, code: "AccessDeniedException" }),
      "ACCESS_DENIED",
      "ecr:GetAuthorizationToken",
    ],
    "reports that the session has expired": [
      () => standing.aws.controls.fail("*", { status: 400, code: "ExpiredTokenException" }),
      "SESSION_EXPIRED",
      "AWS_SESSION_TOKEN",
    ],
  };

  for (const [what, [begin, code, ...parts]] of Object.entries(outages)) {
    it(`and ${what}: a valid token is returned with a reason in the log, an expired one is not`, async () => {
      const { alice, secret } = await withTokenOf(11.5 * hour);
      begin();
      assert.equal(answered(await alice.get(registry), registry), secret);
      assert.ok(standing.count("GetAuthorizationToken") > 0, "a better one was looked for");
      assert.match(logOf(alice), /returned the stored token, which is still valid/);
      assert.ok(logOf(alice).includes(registry));

      passTime(alice, 0.5 * hour);
      told(await alice.get(registry), code, registry, "keys in the environment", ...parts);
      assert.equal((await alice.list()).stdout, "{}\n");
    });
  }

  it("a fresh token is returned without a request", async () => {
    const { alice, secret } = await withTokenOf(10.9 * hour);
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });

  it("a valid token is returned until its last second", async () => {
    const { alice, secret } = await withTokenOf(12 * hour - 20 * second);
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry), registry), secret);
    passTime(alice, 20 * second);
    told(await alice.get(registry), "UNREACHABLE");
  });

  it("a build with many requests does not wait for AWS each time", async () => {
    const { alice, secret } = await withTokenOf(11.5 * hour);
    standing.aws.controls.fail("*");
    answered(await alice.get(registry), registry);
    standing.aws.controls.reset();
    standing.aws.controls.fail("*");
    for (const host of [registry, otherRegistry]) assert.equal(answered(await alice.get(host), host), secret);
    assert.equal(standing.calls(), 0);
    passTime(alice, minute);
    standing.aws.controls.clear();
    assert.notEqual(answered(await alice.get(registry), registry), secret);
  });

  it("a token is refreshed once AWS responds again", async () => {
    const { alice, secret } = await withTokenOf(11.5 * hour);
    const renewed = answered(await alice.get(registry), registry);
    assert.notEqual(renewed, secret);
    assert.equal(answered(await alice.get(registry), registry), renewed);
    assert.equal(standing.calls(), 1);
  });

  it("an outage of another region has no effect", async () => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.refuse("GetAuthorizationToken", { region: "us-west-2" });
    const [east, west] = await Promise.all([alice.get(registry), alice.get(westRegistry)]);
    answered(east, registry);
    told(west, "UNREACHABLE", westRegistry);
  });

  it("a few failed and refused calls are retried", async () => {
    const alice = standing.user(keys("alice"));
    standing.aws.controls.fail("GetAuthorizationToken", { status: 503, times: 1 });
    standing.aws.controls.refuse("GetAuthorizationToken", { times: 1 });
    answered(await alice.get(registry), registry);
  });

  it("a short-lived token is fresh for half of its lifetime, then refreshed, and never returned after its expiry", async () => {
    standing.aws.controls.set({ tokenLifeSeconds: 600 });
    const alice = standing.user(keys("alice"));
    const first = answered(await alice.get(registry), registry);
    passTime(alice, 4 * minute);
    assert.equal(answered(await alice.get(registry), registry), first);
    passTime(alice, 2 * minute);
    const second = answered(await alice.get(registry), registry);
    assert.notEqual(second, first);
    passTime(alice, 10 * minute);
    standing.aws.controls.refuse("*");
    told(await alice.get(registry), "UNREACHABLE");
  });

  it("the same applies to ECR Public", async () => {
    const alice = standing.user(keys("alice"));
    const secret = answered(await alice.get(publicRegistry), publicRegistry);
    passTime(alice, 11.5 * hour);
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(publicRegistry), publicRegistry), secret);
    passTime(alice, hour);
    told(await alice.get(publicRegistry), "UNREACHABLE", publicRegistry);
  });
});
