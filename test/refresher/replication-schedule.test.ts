import assert from "node:assert/strict";
import {
  afterFailedRuleFetch,
  afterRuleFetch,
  dueRuleFetches,
  mergeRuleFetches,
  noRuleFetches,
  parseRuleFetches,
  type RuleFetch,
  type RuleFetchState,
  type Source,
} from "../../src/refresher/replication-schedule.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { Failure } from "../../src/token/failure.ts";
import { hour, minute, SettableClock } from "../support/fakes/clock.ts";
import { seeded } from "./support.ts";

const source = (host: string, conditions = "as they were", reader = "alice"): Source => ({
  ...{ host, conditions, reader },
});
const all = (sources: Record<string, RuleFetch>): RuleFetchState => ({ ...noRuleFetches, sources });
const denied = new Failure("ACCESS_DENIED", "no", "allow it");

describe("dueRuleFetches", () => {
  let time: SettableClock;
  beforeEach(() => {
    time = new SettableClock();
  });
  const failed = (reading?: RuleFetch, from = source("a"), failure = denied, draw = () => 0.5) =>
    afterFailedRuleFetch(reading, from, failure, time.read(), draw, usualTiming);
  const due = (readings: RuleFetchState, sources = [source("a")], known = ["a"]) =>
    dueRuleFetches(sources, readings, new Set(known), time.read()).map(({ host }) => host);

  it("include sources that were never read", () => {
    assert.deepEqual(due(noRuleFetches, [source("a"), source("b")], []), ["a", "b"]);
  });

  it("include a source again 40 to 60 minutes after the last fetch, at random", () => {
    const random = seeded(3);
    const waits = Array.from({ length: 500 }, () => {
      const { next } = afterRuleFetch(source("a"), time.read(), random);
      return (next?.expiresAt ?? 0) - time.now;
    });
    assert.ok(Math.min(...waits) >= 40 * minute && Math.max(...waits) <= hour);
    assert.ok(Math.min(...waits) < 41 * minute && Math.max(...waits) > 59 * minute);
    const readings = all({ a: afterRuleFetch(source("a"), time.read(), () => 0.5) });
    time.pass(50 * minute - 1);
    assert.deepEqual(due(readings), []);
    time.pass(1);
    assert.deepEqual(due(readings), ["a"]);
  });

  it("include sources whose rules were lost, whatever is recorded", () => {
    assert.deepEqual(
      due(all({ a: afterRuleFetch(source("a"), time.read(), () => 0.5) }), [source("a")], []),
      ["a"],
    );
  });

  it("include sources with another identity, but not those with only other conditions", () => {
    const readings = all({ a: afterRuleFetch(source("a"), time.read(), () => 0.5) });
    assert.deepEqual(due(readings, [source("a", "edited")]), []);
    assert.deepEqual(due(readings, [source("a", "as they were", "mallory")]), ["a"]);
  });

  it("wait after a failure, longer with each one, at most an hour", () => {
    let reading = failed();
    const waits = [];
    for (let at = 0; at < 8; at++) {
      const { wait } = reading.failure ?? assert.fail();
      waits.push((wait.expiresAt - wait.issuedAt) / minute);
      reading = failed(reading, source("a"), denied, () => 0.999);
    }
    assert.deepEqual(waits.map(Math.round), [5, 10, 20, 40, 60, 60, 60, 60]);
    assert.equal(reading.failure?.count, 9);
    assert.deepEqual(due(all({ a: reading })), []);
    time.pass(hour);
    assert.deepEqual(due(all({ a: reading })), ["a"]);
  });

  it("are tried at once if the conditions have changed since a failure", () => {
    assert.deepEqual(due(all({ a: failed() }), [source("a", "edited")]), ["a"]);
  });

  it("are not delayed by a clock that is set back or forward", () => {
    const read = afterRuleFetch(source("a"), time.read(), () => 0.5);
    time.set(-5 * hour);
    assert.deepEqual(due(all({ a: read })), ["a"]);
    time.set(10 * hour);
    assert.deepEqual(due(all({ a: read })), ["a"]);
  });

  it("begin with sources that did not fail", () => {
    const failure = failed();
    time.pass(hour);
    assert.deepEqual(due(all({ a: failure }), [source("a"), source("b")]), ["b", "a"]);
  });
});

describe("the recorded result of a rule fetch", () => {
  const clock = new SettableClock().read();
  const read = afterRuleFetch(source("a"), clock, () => 0.5);

  it("keeps the time of the last success through a failure, which ends with the next success", () => {
    const failed = afterFailedRuleFetch(read, source("a"), denied, clock, () => 0.5, usualTiming);
    assert.equal(failed.readAt, clock.now);
    assert.equal(failed.failure?.what, "no");
    assert.equal(afterRuleFetch(source("a"), clock, () => 0.5).failure, undefined);
  });

  it("is read from a file, without sources that are invalid", () => {
    const sources = {
      good: read,
      failed: afterFailedRuleFetch(undefined, source("a"), denied, clock, () => 0.5, usualTiming),
      bad: { readAt: "1" },
      worse: null,
      reader: { reader: 1 },
      next: { next: 1 },
      failure: { failure: { count: 1 } },
    };
    const parsed = parseRuleFetches(JSON.parse(JSON.stringify({ format: 1, sources })));
    assert.deepEqual(parsed.sources, { good: sources.good, failed: sources.failed });
    for (const broken of [
      undefined,
      null,
      1,
      "",
      [],
      {},
      { format: 2, sources },
      { format: 1, sources: 3 },
    ]) {
      assert.deepEqual(parseRuleFetches(broken), noRuleFetches);
    }
  });

  it("is the later of two, for each source", () => {
    const old = { readAt: 1 };
    const newer = { readAt: 2 };
    const failed = afterFailedRuleFetch(old, source("a"), denied, clock, () => 0.5, usualTiming);
    const merged = mergeRuleFetches(
      all({ a: old, b: newer, c: old }),
      all({ a: newer, b: old, d: old, c: failed }),
    );
    assert.deepEqual(merged.sources, { a: newer, b: newer, c: failed, d: old });
  });
});
