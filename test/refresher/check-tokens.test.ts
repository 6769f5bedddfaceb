import assert from "node:assert/strict";
import { scheduleCheck } from "../../src/refresher/check-schedule.ts";
import { refreshPass } from "../../src/refresher/pass.ts";
import { emptyState, parseState, type RefresherState } from "../../src/refresher/state.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { Failure } from "../../src/token/failure.ts";
import { hour, minute } from "../support/fakes/clock.ts";
import { jobOf, MemoryPorts, seeded, tokenOf } from "./support.ts";

describe("the question whether a token is still accepted", () => {
  /** Minutes: the session's length, the age of the renewal; the earliest and the latest age of the question. */
  const PLANS: [
    what: string,
    session: number | undefined,
    renewal: number,
    at?: readonly [number, number],
  ][] = [
    ["long-lived keys", undefined, 340],
    ["a role of an hour", 60, 340, [60, 62]],
    ["a session of a minute", 1, 340, [5, 7]],
    ["a session that had ended", -5, 340],
    ["a session that outlives the renewal", 720, 340],
    ["a session that ends with the renewal", 340, 340],
  ];
  for (const [what, session, renewal, at] of PLANS) {
    it(`of ${what}: ${at ? `${at.join(" to ")} minutes after its issue` : "never asked"}`, () => {
      const machine = new MemoryPorts();
      const ends = session !== undefined && { sessionEndsAt: machine.time.now + session * minute };
      const entry = tokenOf(machine.clock(), 12 * hour, { ...ends });
      const drawn = [0, 0.999].map((random) =>
        scheduleCheck(entry, renewal * minute, () => random, usualTiming),
      );
      const minutes = drawn.map((each) => each && Math.round(each / minute));
      assert.deepEqual(minutes, at ?? [undefined, undefined]);
    });
  }
});

describe("a token whose session has ended", () => {
  const job = jobOf("a");
  let machine: MemoryPorts;
  let state: RefresherState;

  async function pass(after: number) {
    machine.time.pass(after);
    const done = await refreshPass(machine, [job], state, seeded(1));
    state = parseState(JSON.parse(JSON.stringify(done.state)));
    return done.report;
  }

  beforeEach(async () => {
    machine = new MemoryPorts();
    state = emptyState;
    machine.answer = () => tokenOf(machine.clock(), 12 * hour, { sessionEndsAt: machine.time.now + hour });
    // By its second token, whose renewal is as planned.
    await pass(0);
    await pass(7 * hour);
    assert.equal(machine.asked.length, 2);
  });

  it("is kept where its registry accepts it, which is asked once", async () => {
    await pass(59 * minute);
    assert.deepEqual(machine.checked, []);
    for (let passed = 0; passed < 4 * hour; passed += minute) await pass(minute);
    assert.deepEqual([machine.checked, machine.asked.length], [["a"], 2]);
  });

  it("is renewed in the same pass where its registry refuses it", async () => {
    machine.verdict = async () => "refused";
    const { refused, renewed } = await pass(63 * minute);
    assert.deepEqual(
      [refused, renewed].map((jobs) => jobs.map(({ key }) => key)),
      [["a"], ["a"]],
    );
    assert.equal(machine.files.get(job.registries[0]?.host ?? ""), machine.held.get("a")?.secret);
    await pass(minute);
    assert.deepEqual([machine.checked.length, machine.asked.length], [1, 3]);
  });

  it("is tried for again, with the waits after failures, where AWS fails too", async () => {
    machine.verdict = async () => "refused";
    const { answer } = machine;
    machine.answer = () => Promise.reject(new Failure("UNREACHABLE", "not there", "wait"));
    const { failed, failing } = await pass(63 * minute);
    assert.equal(failed.length, 1);
    assert.equal(failing[0]?.token?.refusedAt, machine.time.now);
    assert.deepEqual(
      (await pass(1_000)).skipped.map(({ key }) => key),
      ["a"],
    );
    machine.answer = answer;
    assert.equal((await pass(15 * minute)).renewed.length, 1);
    assert.equal(machine.checked.length, 1);
  });

  it("is asked about again after a while where no registry answers, whatever the way fails by", async () => {
    const ways: (typeof machine.verdict)[] = [
      async () => "unknown",
      async () => Promise.reject(new Error("unexpected")),
    ];
    for (const [index, way] of ways.entries()) {
      machine.verdict = way;
      await pass(index === 0 ? 63 * minute : 15 * minute);
      await pass(14 * minute);
      assert.equal(machine.checked.length, index + 1);
    }
    assert.equal(machine.asked.length, 2);
  });

  it("has AWS called no oftener than every five minutes where its registry refuses every token", async () => {
    machine.verdict = async () => "refused";
    machine.answer = () => tokenOf(machine.clock(), 12 * hour, { sessionEndsAt: machine.time.now + 10_000 });
    for (let passed = 0; passed < 24 * hour; passed += minute) await pass(minute);
    const calls = machine.asked.length - 2;
    assert.ok(calls > 100 && calls <= (24 * hour) / (5 * minute), `${calls} calls`);
  });

  it("does not hold up a pass where its registry never answers", async () => {
    machine.verdict = () => new Promise(() => {});
    const passing = pass(63 * minute);
    while (machine.checked.length === 0) await Promise.resolve();
    for (const deadline of machine.deadlines) deadline.abort();
    await passing;
    assert.deepEqual([machine.checked.length, machine.asked.length], [1, 2]);
  });
});
