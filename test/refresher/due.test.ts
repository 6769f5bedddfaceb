import assert from "node:assert/strict";
import { decideRenewal, refreshDue } from "../../src/refresher/due.ts";
import { isOver, pauseOf } from "../../src/refresher/pause.ts";
import { emptyState, type GroupState, startState } from "../../src/refresher/state.ts";
import { syncGroups } from "../../src/refresher/sync-groups.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { hour, minute, SettableClock, second } from "../support/fakes/clock.ts";
import { jobOf, seeded, tokenOf } from "./support.ts";

const job = jobOf("a");

/** What has happened since a token of 12 h was issued whose renewal was drawn for 5 h 45 min. */
type Happening = (clock: SettableClock) => unknown;

const RENEWALS: [situation: string, happens: Happening, need: string | undefined, dueInMinutes: number][] = [
  ["just issued", () => undefined, undefined, 345],
  ["after 3 h", (clock) => clock.pass(3 * hour), undefined, 165],
  ["a moment before its time", (clock) => clock.pass(345 * minute - minute), undefined, 1],
  ["at its time", (clock) => clock.pass(345 * minute), "renewal", 0],
  ["when its reserve begins", (clock) => clock.pass(11 * hour), "stale", 0],
  ["when it has expired", (clock) => clock.pass(12 * hour), "absent", 0],
  ["after a night's sleep", (clock) => clock.pass(9 * hour), "renewal", 0],
  ["the clock jumps forward by 2 h", (clock) => clock.set(2 * hour), undefined, 225],
  ["the clock jumps forward by a day", (clock) => clock.set(24 * hour), "absent", 0],
  ["the clock is set back, not before the issue", (clock) => clock.pass(3 * hour).set(-hour), undefined, 165],
  ["the clock is set to before the issue", (clock) => clock.pass(hour).set(-3 * hour), "stale", 0],
  [
    "set back, and its time comes by the boot's age",
    (clock) =>
      clock
        .pass(5 * hour)
        .set(-hour)
        .pass(45 * minute),
    "renewal",
    0,
  ],
  ["NTP sets the clock back by a minute", (clock) => clock.set(-minute), undefined, 345],
  ["a reboot", (clock) => clock.pass(hour).reboot(), undefined, 285],
];

describe("a token of 12 h whose renewal is scheduled at 5 h 45 min", () => {
  for (const [situation, happens, need, dueIn] of RENEWALS) {
    it(`${situation}: ${need ? `due now (${need})` : `due in ${dueIn} min`}`, () => {
      const clock = new SettableClock();
      const entry = tokenOf(clock.read());
      const { issuedAt, expiresAt } = entry.life;
      const group = { issue: { issuedAt, expiresAt, renewAfter: 345 * minute } };
      happens(clock);
      const decision = decideRenewal(job, entry, group, clock.read());
      assert.deepEqual([decision.need, decision.dueIn / minute], [need, dueIn]);
    });
  }
});

/** What happens after a failure that keeps from the next attempt for 30 min, with no token. */
const WAITS: [situation: string, happens: Happening, dueInMinutes: number][] = [
  ["at once", () => undefined, 30],
  ["10 min later", (clock) => clock.pass(10 * minute), 20],
  ["30 min later", (clock) => clock.pass(30 * minute), 0],
  ["after a sleep", (clock) => clock.pass(8 * hour), 0],
  ["the clock jumps forward by a day", (clock) => clock.set(24 * hour), 0],
  ["the clock is set back by a year", (clock) => clock.set(-365 * 24 * hour), 0],
  ["the clock is set back by a minute", (clock) => clock.set(-minute), 30],
  ["rebooted, with a clock that is off by days", (clock) => clock.reboot().set(-72 * hour), 0],
];

function failedGroup(clock: SettableClock, with_: Partial<GroupState> = {}): GroupState {
  const at = clock.now;
  const wait = pauseOf(30 * minute, clock.read());
  const { conditions } = job;
  return {
    failure: { ...{ count: 3, since: at, at, code: "TIMEOUT", what: "w", fix: "m" }, conditions, wait },
    ...with_,
  };
}

describe("after a failure, with the next attempt in 30 min", () => {
  for (const [situation, happens, dueIn] of WAITS) {
    it(`${situation}: ${dueIn ? `in ${dueIn} min` : "now"}`, () => {
      const clock = new SettableClock();
      const group = failedGroup(clock);
      happens(clock);
      const decision = decideRenewal(job, undefined, group, clock.read());
      assert.deepEqual([decision.dueIn / minute, decision.waitsFor], [dueIn, dueIn ? "backoff" : undefined]);
    });
  }

  it("a change of the conditions: now", () => {
    const clock = new SettableClock();
    const changed = jobOf("a", { conditions: "aws sso login" });
    assert.equal(decideRenewal(changed, undefined, failedGroup(clock), clock.read()).dueIn, 0);
  });

  it("ends if a build has fetched a token meanwhile", () => {
    const clock = new SettableClock();
    const state = { ...emptyState, groups: { a: failedGroup(clock) } };
    const held = new Map([["a", tokenOf(clock.read())]]);
    const stock = syncGroups(state, [job], held, clock.read(), () => 0.5, usualTiming);
    assert.equal(stock.groups["a"]?.failure, undefined);
    assert.equal(refreshDue([job], held, stock, clock.read()).due.length, 0);
  });
});

describe("the first start", () => {
  const clock = new SettableClock();
  const now = clock.read();
  const fresh = tokenOf(now);
  const jobs = Array.from({ length: 200 }, (_, at) => jobOf(`job ${at}`));
  const startOf = (splay: number) =>
    syncGroups(startState(emptyState, splay, now), jobs, new Map(), now, seeded(5), usualTiming);

  it("without a splay: an absent token is due at once", () => {
    assert.equal(refreshDue(jobs, new Map(), startOf(0), now).due.length, jobs.length);
  });

  it("with a splay: the groups are spread over all of it", () => {
    const { due, waiting, nextIn } = refreshDue(jobs, new Map(), startOf(20 * minute), now);
    assert.equal(due.length, 0);
    const moments = waiting.map(({ dueIn }) => dueIn / minute).sort((a, b) => a - b);
    assert.equal(nextIn, (moments[0] ?? 0) * minute);
    for (const [at, moment] of moments.entries())
      assert.ok(Math.abs(moment - at / 10) < 2.5, `${at} ${moment}`);
    assert.ok(waiting.every(({ waitsFor }) => waitsFor === "splay"));
  });

  it("with a splay: a token that would expire before its end is renewed at once", () => {
    const group = { hold: pauseOf(20 * minute, now) };
    const short = tokenOf(now, 15 * minute);
    const later = { now: now.now + 10 * minute };
    assert.equal(decideRenewal(job, short, group, later).dueIn, 0);
    assert.equal(decideRenewal(job, fresh, group, now).waitsFor, "splay");
  });

  it("drops the splay of the previous start, and keeps the plans", () => {
    const before = {
      ...emptyState,
      groups: { a: { hold: pauseOf(hour, now), issue: { issuedAt: 1, expiresAt: 2, renewAfter: 3 } } },
    };
    const { groups, splay } = startState(before, 0, now);
    assert.deepEqual(
      [groups["a"], splay],
      [{ issue: { issuedAt: 1, expiresAt: 2, renewAfter: 3 } }, undefined],
    );
  });
});

describe("refreshDue", () => {
  it("sorts jobs that have not failed first, then by time left", () => {
    const clock = new SettableClock();
    const early = clock.read();
    const held = new Map([
      ["long", tokenOf(early)],
      ["short", tokenOf(early, 9 * hour)],
    ]);
    const later = clock.pass(8.5 * hour).read();
    const failed = { ...failedGroup(clock) };
    clock.pass(hour);
    const state = { ...emptyState, groups: { failed } };
    const jobs = ["failed", "long", "short"].map((key) => jobOf(key));
    const { due } = refreshDue(jobs, held, state, clock.read());
    assert.deepEqual(
      due.map(({ job }) => job.key),
      ["short", "long", "failed"],
    );
    assert.ok(later);
  });

  it("returns when the next job is due", () => {
    const clock = new SettableClock().read();
    const held = new Map([
      ["a", tokenOf(clock)],
      ["b", tokenOf(clock, 4 * hour)],
    ]);
    const jobs = [jobOf("a"), jobOf("b")];
    const state = syncGroups(emptyState, jobs, held, clock, () => 0.5, usualTiming);
    const first = Math.min(...Object.values(state.groups).map(({ issue }) => issue?.renewAfter ?? 0));
    assert.equal(refreshDue(jobs, held, state, clock).nextIn, first);
    assert.equal(refreshDue([], held, state, clock).nextIn, Infinity);
  });
});

describe("a pause", () => {
  it("ends after its length, and if the clock is set to before its start", () => {
    const clock = new SettableClock();
    const pause = pauseOf(10 * minute, clock.read());
    assert.equal(isOver(pause, clock.pass(10 * minute - second).read()), false);
    assert.equal(isOver(pause, clock.pass(second).read()), true);
    assert.equal(isOver(pause, new SettableClock().forgetBoot().set(-hour).read()), true);
  });
});
