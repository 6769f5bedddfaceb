import assert from "node:assert/strict";
import { waitAfter } from "../../src/refresher/backoff.ts";
import { type IssuedToken, scheduleRenewal } from "../../src/refresher/renewal.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { lifeOf } from "../../src/token/life.ts";
import { hour, minute } from "../support/fakes/clock.ts";
import { seeded } from "./support.ts";

const hosts = 100_000;
const day = 24 * hour;
const life = 12 * hour;

interface Fleet {
  /** Over which the first calls are spread. */
  readonly splay: number;
  readonly until: number;
  /** AWS answers nobody from and until then. */
  readonly outage?: readonly [number, number];
  /** Whether every renewal is drawn about the half of the life, as if each came on plan. */
  readonly alwaysOnPlan?: boolean;
}

/** Calls that AWS answered in each minute, by a fleet of one identity and region started in the same one. */
function callsByMinute({ splay, until, outage = [until, until], alwaysOnPlan = false }: Fleet): Float64Array {
  const random = seeded(11);
  const calls = new Float64Array(Math.ceil(until / minute) + 1);
  for (let host = 0; host < hosts; host++) {
    let at = minute * random() + splay * random();
    let delayed = alwaysOnPlan ? 0 : undefined;
    while (at < until) {
      calls[Math.floor(at / minute)] = (calls[Math.floor(at / minute)] ?? 0) + 1;
      const clock = { now: at };
      const issued: IssuedToken = { life: lifeOf(at + life, 0, hour, clock) };
      const planned: number = at + scheduleRenewal(issued, { delayed }, clock, random, usualTiming);
      at = planned;
      for (let count = 1; at >= outage[0] && at < outage[1]; count++) {
        at += waitAfter("UNREACHABLE", count, issued, { now: at }, random, usualTiming);
      }
      delayed = at - planned;
    }
  }
  return calls;
}

/** The busiest minute of a time over the mean of one. */
function peak(calls: Float64Array, from: number, to: number): number {
  const minutes = calls.subarray(from / minute, to / minute);
  return Math.max(...minutes) / (minutes.reduce((sum, count) => sum + count, 0) / minutes.length);
}

describe("a fleet of 100,000 hosts of one identity and region, started in the same minute", function () {
  this.timeout(120_000);

  it("calls evenly from its first renewal on: no minute of two days above 1.3 times the mean", () => {
    const calls = callsByMinute({ splay: 0, until: 2 * day });
    assert.ok(peak(calls, 2 * minute, day) <= 1.3, `${peak(calls, 2 * minute, day)}`);
    assert.ok(peak(calls, day, 2 * day) <= 1.3, `${peak(calls, day, 2 * day)}`);
  });

  it("would call in waves with a spread about the half of the life alone", () => {
    const calls = callsByMinute({ splay: 0, until: 2 * day, alwaysOnPlan: true });
    assert.ok(peak(calls, 8 * hour, 32 * hour) > 5);
  });

  it("starts within its splay, evenly", () => {
    const splay = 20 * minute;
    const calls = callsByMinute({ splay, until: 2 * hour });
    assert.ok(Math.max(...calls) <= 1.1 * (hosts / (splay / minute)));
    assert.ok(peak(calls, splay + minute, 2 * hour) <= 1.3);
  });

  it("after an outage of five hours comes back within a quarter of an hour, and is even again at once", () => {
    const end = 35 * hour;
    const calls = callsByMinute({ splay: 0, until: 60 * hour, outage: [30 * hour, end] });
    const back = calls.subarray(end / minute, end / minute + 15);
    // 500 calls a second is what AWS allows an account in a region.
    assert.ok(Math.max(...back) / 60 < 500, `${Math.max(...back) / 60} a second`);
    assert.ok(
      peak(calls, end + 16 * minute, 59 * hour) <= 1.3,
      `${peak(calls, end + 16 * minute, 59 * hour)}`,
    );
  });
});
