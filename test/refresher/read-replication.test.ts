import assert from "node:assert/strict";
import { fetchRules, type RuleFetchPorts } from "../../src/refresher/read-replication.ts";
import { noRuleFetches, type Source } from "../../src/refresher/replication-schedule.ts";
import { Failure } from "../../src/token/failure.ts";
import { SettableClock } from "../support/fakes/clock.ts";

const source = (host: string): Source => ({ host, reader: "alice", conditions: "as they were" });
const denied = new Failure("ACCESS_DENIED", "no", "allow it");
const never = () => new Promise<never>(() => {});

class MemoryReading implements RuleFetchPorts<string> {
  readonly kept = new Map<string, string>();
  readonly deadlines: [limit: number, controller: AbortController][] = [];
  underWay = 0;
  most = 0;
  answer: (source: Source) => Promise<string> = async ({ host }) => `rules of ${host}`;
  isCurrent = async (_: Source) => true;
  store = async (brought: ReadonlyMap<string, string>) => {
    for (const [host, rules] of brought) this.kept.set(host, rules);
  };
  clock = () => new SettableClock().read();

  async read(asked: Source): Promise<string> {
    this.most = Math.max(this.most, ++this.underWay);
    try {
      await Promise.resolve();
      return await this.answer(asked);
    } finally {
      this.underWay--;
    }
  }

  deadline(limit: number): AbortSignal {
    const controller = new AbortController();
    this.deadlines.push([limit, controller]);
    return controller.signal;
  }
}

describe("fetchRules", () => {
  let ports: MemoryReading;
  beforeEach(() => {
    ports = new MemoryReading();
  });
  const read = (hosts: string[], stop = new AbortController().signal) =>
    fetchRules(ports, hosts.map(source), noRuleFetches, () => 0.5, stop);
  const codes = (report: Awaited<ReturnType<typeof read>>) =>
    report.failed.map(({ source: { host }, failure }) => `${host} ${failure.code}`);

  it("stores the rules and records when it read them", async () => {
    const { ruleFetches, failed } = await read(["a", "b"]);
    assert.deepEqual(
      ports.kept,
      new Map([
        ["a", "rules of a"],
        ["b", "rules of b"],
      ]),
    );
    assert.deepEqual([Object.keys(ruleFetches.sources), failed], [["a", "b"], []]);
  });

  it("reads at most eight at once", async () => {
    await read(Array.from({ length: 30 }, (_, at) => `${at}`));
    assert.equal(ports.most, 8);
    assert.equal(ports.kept.size, 30);
  });

  it("reports one that fails, and stores the others", async () => {
    ports.answer = async ({ host }) => {
      if (host === "b") throw denied;
      if (host === "c") throw new TypeError("oops Authorization: Bearer test-words-2");
      return host;
    };
    const report = await read(["a", "b", "c", "d"]);
    assert.deepEqual(
      [codes(report), [...ports.kept.keys()]],
      [
        ["b ACCESS_DENIED", "c UNEXPECTED"],
        ["a", "d"],
      ],
    );
    assert.doesNotMatch(report.failed[1]?.failure.oneLine ?? "", /test-words/);
    assert.equal(report.ruleFetches.sources["b"]?.failure?.code, "ACCESS_DENIED");
    assert.equal(report.ruleFetches.sources["b"]?.readAt, undefined);
  });

  it("abandons a call that hangs at its time limit", async () => {
    ports.answer = ({ host }) => (host === "a" ? never() : Promise.resolve(host));
    const reading = read(["a", "b"]);
    // The first deadline is for all; then each source has its own, in order.
    ports.deadlines[1]?.[1].abort();
    const report = await reading;
    assert.deepEqual([codes(report), [...ports.kept.keys()]], [["a REFRESH_TIMEOUT"], ["b"]]);
    assert.deepEqual(
      ports.deadlines.map(([limit]) => limit),
      [40_000, 15_000, 15_000],
    );
  });

  it("leaves sources to the next pass if the time is up", async () => {
    ports.answer = async ({ host }) => {
      ports.deadlines[0]?.[1].abort();
      return host;
    };
    const { ruleFetches, failed } = await read(Array.from({ length: 20 }, (_, at) => `${at}`));
    assert.equal(Object.keys(ruleFetches.sources).length, 8);
    assert.deepEqual(failed, []);
  });

  it("records nothing once it is stopped", async () => {
    const stop = new AbortController();
    ports.answer = never;
    const reading = read(["a"], stop.signal);
    stop.abort();
    assert.deepEqual(await reading, { ruleFetches: noRuleFetches, failed: [] });
  });

  it("discards rules if the config has changed meanwhile", async () => {
    ports.isCurrent = async ({ host }) => host !== "a";
    const { ruleFetches, failed } = await read(["a", "b"]);
    assert.deepEqual([[...ports.kept.keys()], failed], [["b"], []]);
    assert.deepEqual(Object.keys(ruleFetches.sources), ["b"]);
  });

  it("treats rules that can't be stored as not read", async () => {
    ports.store = async () => {
      throw new Failure("STATE_WRITE", "full", "free it");
    };
    const report = await read(["a", "b"]);
    assert.deepEqual(codes(report), ["a STATE_WRITE", "b STATE_WRITE"]);
    assert.equal(report.ruleFetches.sources["a"]?.failure?.count, 1);
  });
});
