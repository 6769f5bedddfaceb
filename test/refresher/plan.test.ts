import assert from "node:assert/strict";
import type { ManagedRegistry } from "../../src/refresher/managed-registry.ts";
import { planRefresh } from "../../src/refresher/plan.ts";
import { emptyState, parseState } from "../../src/refresher/state.ts";
import { removeStaleGroups } from "../../src/refresher/sync-groups.ts";
import { ambient, describeIdentity } from "../../src/token/identity.ts";
import { hour } from "../support/fakes/clock.ts";
import { registryAt } from "../support/fakes/registries.ts";
import { jobOf } from "./support.ts";

const now = Date.UTC(2026, 0, 15);
const week = 7 * 24 * hour;
const hostOf = (account: number) => `${account}`.repeat(12).concat(".dkr.ecr.us-east-1.amazonaws.com");

function kept(host: string, with_: Partial<ManagedRegistry> = {}): ManagedRegistry {
  return {
    ...{ registry: registryAt(host), identity: "profile ci", authorization: "ci in us-east-1" },
    ...{ conditions: "as they were", origin: "configured" },
    ...with_,
  };
}

const hosts = (list: readonly ManagedRegistry[]) => list.map(({ registry }) => registry.host);

describe("planRefresh", () => {
  it("makes one job for all registries of an identity in a region", () => {
    const { jobs } = planRefresh(
      [kept(hostOf(2)), kept(hostOf(3), { authorization: "prod in us-east-1" }), kept(hostOf(1))],
      now,
    );
    assert.deepEqual(
      jobs.map(({ key, registries }) => [key, registries.map(({ host }) => host)]),
      [
        ["ci in us-east-1", [hostOf(1), hostOf(2)]],
        ["prod in us-east-1", [hostOf(3)]],
      ],
    );
  });

  it("calls the endpoint of a FIPS registry if there is one, else of a dual-stack registry", () => {
    const fips = hostOf(3).replace("dkr.ecr", "dkr.ecr-fips");
    const dualStack = hostOf(2).replace("dkr.ecr.us-east-1.amazonaws.com", "dkr-ecr.us-east-1.on.aws");
    const through = (...list: string[]) =>
      planRefresh(
        list.map((host) => kept(host)),
        now,
      ).jobs[0]?.endpointRegistry.host;
    assert.equal(through(hostOf(1), dualStack, fips), fips);
    assert.equal(through(hostOf(1), dualStack), dualStack);
    assert.equal(through(hostOf(2), hostOf(1)), hostOf(1));
  });

  it("assigns a host to one identity: configured before replication, before the one that was discovered last", () => {
    const discovered = (authorization: string, ago: number) =>
      kept(hostOf(1), { origin: "discovered", authorization, lastColdGetAt: now - ago });
    const keyOf = (...list: ManagedRegistry[]) => planRefresh(list, now).jobs.map(({ key }) => key);
    assert.deepEqual(keyOf(discovered("old", 2 * hour), discovered("new", hour)), ["new"]);
    const target = kept(hostOf(1), { origin: "replication", authorization: "target" });
    assert.deepEqual(keyOf(discovered("new", hour), target), ["target"]);
    assert.deepEqual(keyOf(target, discovered("new", hour), kept(hostOf(1))), ["ci in us-east-1"]);
  });

  const LEARNT: [when: string, lastColdGetAt: number | undefined, isForgotten: boolean][] = [
    ["just now", now, false],
    ["a week ago", now - week, false],
    ["more than a week ago", now - week - 1, true],
    ["in a future that a clock set back made", now + week, false],
    ["nobody knows when", undefined, true],
  ];
  for (const [when, lastColdGetAt, isForgotten] of LEARNT) {
    it(`${isForgotten ? "drops" : "keeps"} a discovered registry whose last cold get was ${when}`, () => {
      const one = kept(hostOf(1), {
        origin: "discovered",
        ...(lastColdGetAt !== undefined && { lastColdGetAt }),
      });
      const { jobs, unused } = planRefresh([one], now);
      assert.deepEqual([jobs.length, hosts(unused)], isForgotten ? [0, [hostOf(1)]] : [1, []]);
    });
  }

  it("never drops a configured registry, whatever its last cold get", () => {
    assert.deepEqual(planRefresh([kept(hostOf(1), { lastColdGetAt: 0 })], now).unused, []);
  });

  const UNATTENDED: [identity: string, what: RegExp, fix: RegExp][] = [
    [
      describeIdentity(ambient, { AWS_ACCESS_KEY_ID: "x" }),
      /keys .*, which the daemon does not have$/,
      /^put the keys into a profile .*config\.yaml$/,
    ],
    [
      describeIdentity(ambient, { AWS_PROFILE: "bob" }),
      /does not name that profile$/,
      /^name profile bob as .*config\.yaml$/,
    ],
    [
      describeIdentity(ambient, {}),
      /another HOME or other variables, such as AWS_PROFILE$/,
      /^name this registry's identity in config.yaml, .* 'docker-credential-ecr refresh \S+' fetches a token for this/,
    ],
    [describeIdentity({ kind: "profile", profile: "ci" }, {}), /another HOME/, /^name this registry/],
  ];
  for (const [identity, what, fix] of UNATTENDED) {
    it(`lists a registry with credentials of another environment, ${identity}, and has no job for it`, () => {
      const one = kept(hostOf(1), {
        ...{ origin: "discovered", lastColdGetAt: now, credentialsOnlyInEnvironment: true },
        identity,
      });
      const { jobs, unattended } = planRefresh([one], now);
      assert.equal(jobs.length, 0);
      assert.ok(
        unattended[0]?.what.startsWith(
          `${hostOf(1)} is not renewed in the background: its token was fetched with ${identity}`,
        ),
      );
      assert.match(unattended[0]?.what ?? "", what);
      assert.match(unattended[0]?.fix ?? "", fix);
    });
  }

  it("changes the revision of a job only with its registries and its conditions", () => {
    const revision = (...list: ManagedRegistry[]) => planRefresh(list, now).jobs[0]?.revision;
    const one = revision(kept(hostOf(1)), kept(hostOf(2)));
    assert.equal(revision(kept(hostOf(2)), kept(hostOf(1))), one);
    assert.notEqual(revision(kept(hostOf(1))), one);
    assert.notEqual(revision(kept(hostOf(1)), kept(hostOf(2), { conditions: "edited" })), one);
  });
});

describe("the state", () => {
  const issue = { issuedAt: 1, expiresAt: 2, renewAfter: 3 };

  it("loses only the groups that are invalid", () => {
    const groups = {
      good: { issue },
      bad: { issue: { issuedAt: "1" } },
      worse: null,
      failed: { failure: { count: 1, since: 1, at: 1 } },
      held: { hold: { issuedAt: 1 } },
      served: { served: 1 },
    };
    assert.deepEqual(parseState({ format: 1, groups }).groups, { good: { issue } });
    for (const broken of [
      undefined,
      null,
      "",
      1,
      [],
      {},
      { format: 2, groups },
      { format: 1 },
      { format: 1, groups: 3 },
    ]) {
      assert.deepEqual(parseState(broken), emptyState);
    }
  });

  it("drops groups that are no longer managed", () => {
    const state = { ...emptyState, groups: { a: { issue }, b: { issue } } };
    assert.deepEqual(removeStaleGroups(state, [jobOf("b"), jobOf("c")]).groups, { b: { issue } });
  });
});
