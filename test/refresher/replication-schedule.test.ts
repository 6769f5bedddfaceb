import assert from "node:assert/strict";
import {
  afterFailedReading,
  afterReading,
  dueRuleFetches,
  laterReadings,
  noReadings,
  parseReadings,
  type Reading,
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
const all = (sources: Record<string, Reading>): RuleFetchState => ({ ...noReadings, sources });
const denied = new Failure("ACCESS_DENIED", "no", "allow it");

describe("readingsDue", () => {
  let time: SettableClock;
  beforeEach(() => {
    time = new SettableClock();
  });
  const failed = (reading?: Reading, from = source("a"), failure = denied, draw = () => 0.5) =>
    afterFailedReading(reading, from, failure, time.read(), draw, usualTiming);
  const due = (readings: RuleFetchState, sources = [source("a")], known = ["a"]) =>
    dueRuleFetches(sources, readings, new Set(known), time.read()).map(({ host }) => host);

  it("are those that were never read", () => {
    assert.deepEqual(due(noReadings, [source("a"), source("b")], []), ["a", "b"]);
  });

  it("come again between 40 and 60 minutes after the last, spread", () => {
    const random = seeded(3);
    const waits = Array.from({ length: 500 }, () => {
      const { next } = afterReading(source("a"), time.read(), random);
      return (next?.expiresAt ?? 0) - time.now;
    });
    assert.ok(Math.min(...waits) >= 40 * minute && Math.max(...waits) <= hour);
    assert.ok(Math.min(...waits) < 41 * minute && Math.max(...waits) > 59 * minute);
    const readings = all({ a: afterReading(source("a"), time.read(), () => 0.5) });
    time.pass(50 * minute - 1);
    assert.deepEqual(due(readings), []);
    time.pass(1);
    assert.deepEqual(due(readings), ["a"]);
  });

  it("are those whose rules were lost, whatever was noted", () => {
    assert.deepEqual(due(all({ a: afterReading(source("a"), time.read(), () => 0.5) }), [source("a")], []), [
      "a",
    ]);
  });

  it("are those that another is to read now, and not those whose conditions alone have changed", () => {
    const readings = all({ a: afterReading(source("a"), time.read(), () => 0.5) });
    assert.deepEqual(due(readings, [source("a", "edited")]), []);
    assert.deepEqual(due(readings, [source("a", "as they were", "mallory")]), ["a"]);
  });

  it("wait after a failure, longer with each, and no longer than an hour", () => {
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

  it("are tried at once after a failure whose conditions have changed", () => {
    assert.deepEqual(due(all({ a: failed() }), [source("a", "edited")]), ["a"]);
  });

  it("are not held by a clock that is set back or forward", () => {
    const read = afterReading(source("a"), time.read(), () => 0.5);
    time.set(-5 * hour);
    assert.deepEqual(due(all({ a: read })), ["a"]);
    time.set(10 * hour);
    assert.deepEqual(due(all({ a: read })), ["a"]);
  });

  it("begin with those that did not fail", () => {
    const failure = failed();
    time.pass(hour);
    assert.deepEqual(due(all({ a: failure }), [source("a"), source("b")]), ["b", "a"]);
  });
});

describe("what is remembered of a reading", () => {
  const clock = new SettableClock().read();
  const read = afterReading(source("a"), clock, () => 0.5);

  it("keeps through a failure when the rules were read last, and ends with the next success", () => {
    const failed = afterFailedReading(read, source("a"), denied, clock, () => 0.5, usualTiming);
    assert.equal(failed.readAt, clock.now);
    assert.equal(failed.failure?.what, "no");
    assert.equal(afterReading(source("a"), clock, () => 0.5).failure, undefined);
  });

  it("comes back from a file, and what is broken costs its source alone", () => {
    const sources = {
      good: read,
      failed: afterFailedReading(undefined, source("a"), denied, clock, () => 0.5, usualTiming),
      bad: { readAt: "1" },
      worse: null,
      reader: { reader: 1 },
      next: { next: 1 },
      failure: { failure: { count: 1 } },
    };
    const parsed = parseReadings(JSON.parse(JSON.stringify({ format: 1, sources })));
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
      assert.deepEqual(parseReadings(broken), noReadings);
    }
  });

  it("of two memories is the later, source by source", () => {
    const old = { readAt: 1 };
    const newer = { readAt: 2 };
    const failed = afterFailedReading(old, source("a"), denied, clock, () => 0.5, usualTiming);
    const merged = laterReadings(
      all({ a: old, b: newer, c: old }),
      all({ a: newer, b: old, d: old, c: failed }),
    );
    assert.deepEqual(merged.sources, { a: newer, b: newer, c: failed, d: old });
  });
});
