import assert from "node:assert/strict";
import type { RegistryEntry } from "../../src/token/entry.ts";
import { ciRole, keys, member, registry, useStanding } from "../support/program/standing.ts";
import { edit, entryIn, hour, logOf, minute, passTime, second, tokenFile } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

const lifeIn = (user: User) => (entryIn(tokenFile(user, registry)) as RegistryEntry).life;

describe("a clock that is changed", () => {
  const standing = useStanding();
  let alice: User;
  let secret: string;

  beforeEach(async () => {
    alice = standing.user(keys("alice"));
    secret = answered(await alice.get(registry), registry);
    standing.aws.controls.reset();
  });

  /**
   * Somebody sets this machine's clock; AWS's and the boot's age go on as they were.
   *
   * @param by milliseconds; less than 0: back
   */
  function setClock(by: number): void {
    passTime(alice, by, 0);
    standing.aws.controls.set({ clockOffsetMs: -by });
  }

  it("forward by hours: the token seems expired, so a new one is fetched", async () => {
    setClock(13 * hour);
    const other = answered(await alice.get(registry), registry);
    assert.notEqual(other, secret);
    assert.equal(answered(await alice.get(registry), registry), other);
  });

  it("forward by hours without AWS: a token that may have expired is not returned", async () => {
    setClock(13 * hour);
    standing.aws.controls.refuse("*");
    told(await alice.get(registry), "UNREACHABLE");
  });

  it("back by hours: the token is not trusted and a new one is fetched", async () => {
    setClock(-3 * hour);
    const other = answered(await alice.get(registry), registry);
    assert.notEqual(other, secret);
    assert.equal(answered(await alice.get(registry), registry), other);
    assert.equal(standing.count("GetAuthorizationToken"), 2, "the first was signed by the wrong clock");
  });

  it("back by hours without AWS: the valid token is returned", async () => {
    setClock(-3 * hour);
    standing.aws.controls.refuse("*");
    assert.equal(answered(await alice.get(registry), registry), secret);
    assert.match(logOf(alice), /returned the stored token/);
  });

  it("back by a minute, as NTP does, changes nothing", async () => {
    setClock(-minute);
    assert.equal(answered(await alice.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });

  it("back by the elapsed time: the uptime shows that the token has expired", async () => {
    passTime(alice, 0, 12 * hour + minute);
    standing.aws.controls.refuse("*");
    told(await alice.get(registry), "UNREACHABLE");
    assert.equal((await alice.list()).stdout, "{}\n");
    standing.aws.controls.clear();
    passTime(alice, 10 * second);
    assert.notEqual(answered(await alice.get(registry), registry), secret);
  });

  it("back by the elapsed time: the uptime shows that the token is no longer fresh", async () => {
    passTime(alice, 0, 11.5 * hour);
    assert.notEqual(answered(await alice.get(registry), registry), secret);
  });

  it("with a login: the uptime shows that it has expired", async () => {
    const user = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    await user.store(registry, "AWS", secret);
    assert.equal(answered(await user.get(registry), registry), secret);
    passTime(user, 0, 13 * hour);
    told(await user.get(registry), "NO_CREDENTIALS");
  });

  it("a laptop that slept: the wall clock decides the token's age", async () => {
    passTime(alice, 5 * hour, 0);
    assert.equal(answered(await alice.get(registry), registry), secret);
    passTime(alice, 8 * hour, 0);
    assert.notEqual(answered(await alice.get(registry), registry), secret);
  });

  it("after a reboot only the wall clock is used", async () => {
    const boot = { id: "another boot", uptime: -9e12 };
    edit(tokenFile(alice, registry), ({ life }) => Object.assign(life as object, { boot }));
    assert.equal(answered(await alice.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });
});

describe("a clock that is wrong", () => {
  const standing = useStanding();

  for (const [what, offset] of [
    ["behind AWS's by five hours", 5 * hour],
    ["ahead of AWS's by five hours", -5 * hour],
    ["behind by three days", 72 * hour],
    ["ahead by ten minutes", -10 * minute],
  ] as const) {
    it(`${what}: a token is fetched, and its lifetime uses the local clock`, async () => {
      standing.aws.controls.set({ clockOffsetMs: offset });
      const alice = standing.user(keys("alice"));
      const secret = answered(await alice.get(registry), registry);
      const { issuedAt, expiresAt } = lifeIn(alice);
      const life = expiresAt - issuedAt;
      assert.ok(Math.abs(life - 12 * hour) < minute, `a life of ${life / hour} hours`);

      standing.aws.controls.reset();
      standing.aws.controls.refuse("*");
      passTime(alice, 10 * hour);
      assert.equal(answered(await alice.get(registry), registry), secret);
      assert.equal(standing.calls(), 0);
      // Of AWS's clock only the seconds are known.
      passTime(alice, 2 * hour + 5 * second);
      told(await alice.get(registry), "UNREACHABLE");
    });
  }

  it("a role can still be assumed", async () => {
    for (const offset of [6 * hour, -6 * hour]) {
      standing.aws.controls.set({ clockOffsetMs: offset });
      const user = standing.user({ AWS_PROFILE: "role" });
      user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
      user.writeAwsKeys({ alice: member("alice") });
      answered(await user.get(registry), registry);
    }
  });

  it("the role of an instance or a container still works", async () => {
    for (const offset of [7 * hour, -7 * hour]) {
      standing.aws.controls.set({ clockOffsetMs: offset });
      answered(await standing.user().get(registry), registry);
      const url = `${standing.aws.urls.container}/credentials`;
      answered(await standing.user({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }).get(registry), registry);
    }
  });
});
