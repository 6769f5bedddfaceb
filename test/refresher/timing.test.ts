import assert from "node:assert/strict";
import { waitAfter } from "../../src/refresher/backoff.ts";
import { type IssueContext, scheduleRenewal } from "../../src/refresher/renewal.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { lifeOf } from "../../src/token/life.ts";
import { hour, minute, SettableClock } from "../support/fakes/clock.ts";
import { seeded } from "./support.ts";

const hoursOf = (life: number, arrival: IssueContext, found = 0) => {
  const clock = new SettableClock();
  // Whatever the session of the credentials: AWS's tools go by the token's own expiry too.
  const issued = {
    life: lifeOf(clock.now + life * hour, 0, hour, clock.read()),
    sessionEndsAt: clock.now + hour,
  };
  const at = clock.pass(found * hour).read();
  const random = seeded(3);
  const draws = Array.from(
    { length: 2000 },
    () => scheduleRenewal(issued, arrival, at, random, usualTiming) / hour,
  );
  return draws.sort((a, b) => a - b);
};

const planned = { delayed: 0 };

/** Hours: the token's life, how it came, its age when found; earliest and latest renewal. */
const RENEWALS: [string, number, IssueContext, number, earliest: number, latest: number][] = [
  ["12 h, renewed on plan", 12, planned, 0, 5.64, 5.88],
  ["12 h, its renewal held up for 3 h", 12, { delayed: 3 * hour }, 0, 2.64, 2.88],
  ["12 h, its renewal held up for 8 h", 12, { delayed: 8 * hour }, 0, 0, 5.88],
  ["12 h, of a first start", 12, {}, 0, 0, 5.88],
  ["12 h, found when 3 h old", 12, {}, 3, 3, 5.88],
  ["12 h, found when 7 h old", 12, {}, 7, 7, 7],
  ["10 s, renewed on plan", 10 / 3600, planned, 0, 4.7 / 3600, 4.9 / 3600],
];

describe("the renewal of a token of", () => {
  for (const [what, life, arrival, found, earliest, latest] of RENEWALS) {
    it(`${what}: ${+earliest.toFixed(3)} to ${+latest.toFixed(3)} h after its issue`, () => {
      const draws = hoursOf(life, arrival, found);
      const room = (latest - earliest) / 20 + 1e-9;
      const [first = Number.NaN, last = Number.NaN] = [draws[0], draws.at(-1)];
      assert.ok(earliest - 1e-9 <= first && first <= earliest + room, `${first}`);
      assert.ok(latest - room <= last && last <= latest + 1e-9, `${last}`);
    });
  }
});

const MINUTE = (hours: number | undefined) =>
  hours === undefined ? "no token" : `${hours} h of a token left`;

/** The failure, how many in a row, hours left of a token of 12 h; shortest and longest wait in minutes. */
const WAITS: [code: string, count: number, left: number | undefined, shortest: number, longest: number][] = [
  ["UNREACHABLE", 1, 6, 0.25, 0.5],
  ["UNREACHABLE", 2, 6, 0.25, 1],
  ["UNREACHABLE", 4, 6, 0.25, 4],
  ["UNREACHABLE", 6, 6, 0.25, 15],
  ["UNREACHABLE", 1000, 6, 0.25, 15],
  // From here on a `get` would use the hour of `minValidity`, which begins at 1 h left.
  ["UNREACHABLE", 20, 1.5, 0.25, 7.5],
  ["UNREACHABLE", 20, 1.1, 0.25, 1.5],
  ["UNREACHABLE", 20, 0.9, 0.25, 5],
  ["UNREACHABLE", 20, 0.1, 0.25, 1.5],
  ["UNREACHABLE", 20, 0.001, 0.25, 0.25],
  ["UNREACHABLE", 20, undefined, 0.25, 5],
  ["THROTTLED", 1, 6, 1, 2],
  ["THROTTLED", 3, 6, 1, 8],
  ["THROTTLED", 20, 6, 1, 60],
  ["THROTTLED", 20, 2, 1, 15],
  ["THROTTLED", 20, undefined, 1, 20],
  ["SSO_EXPIRED", 1, 6, 5, 5],
  ["SSO_EXPIRED", 2, 6, 5, 10],
  ["ACCESS_DENIED", 20, 6, 5, 60],
  ["MFA_REQUIRED", 20, 1.1, 5, 5],
  ["PROFILE_NOT_FOUND", 20, undefined, 5, 60],
  ["A_CODE_OF_TOMORROW", 20, 6, 0.25, 15],
];

describe("the wait after a failure", () => {
  for (const [code, count, left, shortest, longest] of WAITS) {
    it(`${code}, ${count} in a row, ${MINUTE(left)}: ${shortest} to ${longest} min`, () => {
      const clock = new SettableClock();
      const life = lifeOf(clock.now + 12 * hour, 0, hour, clock.read());
      if (left !== undefined) clock.pass((12 - left) * hour);
      const cached = left === undefined ? undefined : { life };
      const random = seeded(9);
      const waits = Array.from(
        { length: 3000 },
        () => waitAfter(code, count, cached, clock.read(), random, usualTiming) / minute,
      );
      assert.equal(Math.min(...waits).toFixed(1), shortest.toFixed(1));
      assert.ok(
        Math.max(...waits) <= longest + 1e-6 && Math.max(...waits) >= longest * 0.98,
        `${Math.max(...waits)}`,
      );
      // Full jitter: the whole range is used evenly.
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      const even = longest / 2 + (shortest * shortest) / (2 * longest);
      assert.ok(Math.abs(mean - even) <= longest * 0.03, `${mean} and not ${even}`);
    });
  }

  const SHORT: [what: string, life: number, code: string, shortest: number][] = [
    ["a token that is over", -1, "UNREACHABLE", 15],
    ["a token of 6 s", 0.1, "UNREACHABLE", 15],
    ["a token of 6 s", 0.1, "SSO_EXPIRED", 300],
    ["a token of 60 s", 1, "THROTTLED", 60],
    ["a token of 1 h", 60, "THROTTLED", 60],
  ];
  for (const [what, life, code, shortest] of SHORT) {
    it(`${code} with ${what}: at least ${shortest} s, growing from at most twice that`, () => {
      const clock = new SettableClock();
      const cached = { life: lifeOf(clock.now + life * minute, 0, hour, clock.read()) };
      const wait = (count: number, drawn: number) =>
        waitAfter(code, count, cached, clock.read(), () => drawn, usualTiming) / 1000;
      assert.ok(Math.abs(wait(1, 0) - shortest) <= 0.0011, `${wait(1, 0)}`);
      assert.ok(wait(1, 1) <= 2 * shortest + 0.0011);
      const served = life * 60 * usualTiming.maxWaitFraction;
      assert.ok(life < 0 || wait(30, 1) <= Math.max(shortest, served), `${wait(30, 1)}`);
    });
  }
});
