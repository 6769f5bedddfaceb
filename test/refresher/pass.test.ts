import assert from "node:assert/strict";
import type { Job } from "../../src/refresher/job.ts";
import { refreshPass } from "../../src/refresher/pass.ts";
import { emptyState, parseState, type RefresherState } from "../../src/refresher/state.ts";
import { Failure } from "../../src/token/failure.ts";
import { hour, minute } from "../support/fakes/clock.ts";
import { jobOf, MemoryPorts, seeded, tokenOf, told } from "./support.ts";

const nothing = { renewed: [], failed: [], superseded: [], skipped: [] };
const refused = new Failure("ACCESS_DENIED", "access denied", "allow it");

/** A machine on which passes are made. */
class Machine extends MemoryPorts {
  state: RefresherState = emptyState;
  stop: AbortSignal | undefined;
  private readonly random = seeded(1);

  async pass(jobs: readonly Job[]) {
    const options = this.stop ? { stop: this.stop } : {};
    const { state, report } = await refreshPass(this, jobs, this.state, this.random, options);
    this.state = state;
    return report;
  }
}

describe("a pass", () => {
  let machine: Machine;
  const [a, b, c] = [jobOf("a"), jobOf("b"), jobOf("c")];

  beforeEach(() => {
    machine = new Machine();
  });

  it("fetches an absent token and writes its registries' files, then does nothing until it is due", async () => {
    assert.deepEqual(told(await machine.pass([a])), { ...nothing, renewed: ["a"] });
    assert.deepEqual([...machine.files.values()], [machine.held.get("a")?.secret]);
    const { wakeAt = 0, ...report } = await machine.pass([a]);
    assert.deepEqual(told(report), nothing);
    machine.time.pass(wakeAt - machine.time.now - minute);
    assert.deepEqual(told(await machine.pass([a])), nothing);
    machine.time.pass(minute);
    assert.deepEqual(told(await machine.pass([a])), { ...nothing, renewed: ["a"] });
    assert.deepEqual(machine.asked, ["a", "a"]);
  });

  it("continues with the saved state after a restart", async () => {
    await machine.pass([a, b]);
    machine.answer = () => Promise.reject(refused);
    machine.held.delete("b");
    machine.time.pass(minute);
    await machine.pass([a, b]);
    const before = machine.state;
    machine.state = parseState(JSON.parse(JSON.stringify(before)));
    assert.deepEqual(machine.state, before);
    assert.deepEqual(told(await machine.pass([a, b])), { ...nothing, skipped: ["b"] });
    assert.equal(machine.asked.length, 3);
  });

  it("counts renewals and failures with their durations, over a restart and over unknown counters", async () => {
    const counts = () => machine.state.groups["a"]?.counts;
    machine.answer = () => {
      machine.time.pass(2_000);
      return Promise.reject(refused);
    };
    await machine.pass([a]);
    assert.deepEqual([counts()?.succeeded, counts()?.failed, counts()?.duration], [0, 1, 2_000]);
    machine.state = parseState(JSON.parse(JSON.stringify(machine.state)));
    machine.answer = () => tokenOf(machine.clock());
    machine.time.pass(hour);
    await machine.pass([a]);
    assert.deepEqual([counts()?.succeeded, counts()?.failed, counts()?.duration], [1, 1, 2_000]);
    await machine.pass([a]);
    assert.equal(counts()?.succeeded, 1);
    const file = JSON.parse(JSON.stringify(machine.state));
    file.groups.a.counts.buckets = [1];
    const { counts: known, ...rest } = machine.state.groups["a"] ?? assert.fail();
    assert.deepEqual(parseState(file).groups["a"], rest);
  });

  it("records and counts failures, and clears them with the next token", async () => {
    machine.answer = () => Promise.reject(refused);
    const report = await machine.pass([a]);
    assert.deepEqual(told(report), { ...nothing, failed: ["a renew ACCESS_DENIED"] });
    assert.equal(report.wakeAt, machine.time.now + 5 * minute);
    const since = machine.time.now;
    machine.time.pass(hour);
    await machine.pass([a]);
    const { count, at, code, fix, ...kept } = machine.state.groups["a"]?.failure ?? assert.fail();
    assert.deepEqual(
      [count, kept.since, at, code, fix],
      [2, since, since + hour, "ACCESS_DENIED", "allow it"],
    );
    machine.time.pass(hour);
    const { failing } = await machine.pass([{ ...a, conditions: "signed in again" }]);
    assert.deepEqual([failing[0]?.since, machine.state.groups["a"]?.failure?.count], [since, 1]);
    machine.answer = () => tokenOf(machine.clock());
    machine.time.pass(hour);
    assert.deepEqual(told(await machine.pass([a])), { ...nothing, renewed: ["a"] });
    assert.equal(machine.state.groups["a"]?.failure, undefined);
  });

  it("keeps a valid token in use if its renewal fails", async () => {
    const token = tokenOf(machine.clock());
    machine.held.set("a", token);
    machine.time.pass(8 * hour);
    machine.answer = () => Promise.reject(refused);
    assert.deepEqual(told(await machine.pass([a])), { ...nothing, failed: ["a renew ACCESS_DENIED"] });
    assert.deepEqual([machine.held.get("a"), ...machine.files.values()], [token, token.secret]);
  });

  it("isolates jobs from failures, bugs and hangs of other jobs", async () => {
    const never = new Promise<never>(() => {});
    machine.answer = ({ key }) => {
      if (key === "a") return Promise.reject(new TypeError("a bug"));
      return key === "b" ? never : tokenOf(machine.clock());
    };
    const pass = machine.pass([a, b, c]);
    while (!machine.held.has("c")) await Promise.resolve();
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    for (const deadline of machine.deadlines) deadline.abort();
    const report = await pass;
    assert.deepEqual(told(report).failed.sort(), ["a renew UNEXPECTED", "b renew REFRESH_TIMEOUT"]);
    assert.deepEqual(told(report).renewed, ["c"]);
    assert.match(report.failed[0]?.failure.oneLine ?? "", /profile a in us-east-1: TypeError: a bug/);
  });

  it("fetches at most eight tokens at once, each once, however many registries share it", async () => {
    const jobs = Array.from({ length: 40 }, (_, at) => jobOf(`job ${at}`));
    let [running, most] = [0, 0];
    machine.answer = async () => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      running--;
      return tokenOf(machine.clock());
    };
    assert.equal((await machine.pass(jobs)).renewed.length, 40);
    assert.deepEqual([most, new Set(machine.asked).size, machine.asked.length], [8, 40, 40]);
  });

  it("treats a token that is not newer, or has expired, as a failure", async () => {
    const token = tokenOf(machine.clock());
    machine.held.set("a", token);
    machine.time.pass(8 * hour);
    machine.answer = ({ key }) => (key === "a" ? token : tokenOf(machine.clock(), 0));
    const { failed } = told(await machine.pass([a, b]));
    assert.deepEqual(failed, ["b renew BAD_ANSWER", "a renew BAD_ANSWER"]);
    assert.deepEqual(told(await machine.pass([a, b])).failed, []);
  });

  it("reports a file that can't be written, and tries again in the next pass without a call to AWS", async () => {
    const { publish } = machine;
    machine.publish = () => Promise.reject(new Failure("STATE_WRITE", "disk full", "make room"));
    assert.deepEqual(told(await machine.pass([a])), {
      ...nothing,
      renewed: ["a"],
      failed: ["a publish STATE_WRITE"],
    });
    machine.publish = publish;
    assert.deepEqual(told(await machine.pass([a])), nothing);
    assert.deepEqual([machine.asked.length, machine.files.size], [1, 1]);
  });

  it("writes the registries' files again if registries or conditions have changed, without a call", async () => {
    await machine.pass([a]);
    machine.files.clear();
    await machine.pass([a]);
    assert.equal(machine.files.size, 0);
    await machine.pass([jobOf("a", { revision: "one registry more" })]);
    assert.deepEqual([machine.files.size, machine.asked.length], [1, 1]);
  });
});

describe("a result that is superseded is discarded:", () => {
  const a = jobOf("a");
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
    machine.held.set("a", tokenOf(machine.clock()));
    machine.time.pass(8 * hour);
  });

  const OVERTAKING: [what: string, happens: () => void][] = [
    ["a docker logout", () => machine.held.delete("a")],
    ["a config change", () => (machine.isJobPlanned = false)],
    ["a newer token by a build", () => machine.held.set("a", tokenOf(machine.clock()))],
  ];
  for (const [what, happens] of OVERTAKING) {
    it(`${what} during the call`, async () => {
      let after: unknown;
      machine.answer = () => {
        happens();
        after = machine.held.get("a");
        return tokenOf(machine.clock());
      };
      const written = machine.files.size;
      const { superseded, renewed } = told(await machine.pass([a]));
      assert.deepEqual([superseded, renewed, machine.held.get("a")], [["a"], [], after]);
      // The token that was stored before the call may be published, the answer not.
      assert.ok(machine.files.size <= written + 1);
    });
  }

  it("a docker logout between the token and the registries' files", async () => {
    await machine.pass([a]);
    machine.files.clear();
    const { publish } = machine;
    machine.publish = (job, entry, guard) => {
      machine.held.delete("a");
      return publish(job, entry, guard);
    };
    machine.time.pass(8 * hour);
    await machine.pass([a]);
    assert.equal(machine.files.size, 0);
  });

  it("an answer after its time limit", async () => {
    const late = Promise.withResolvers<ReturnType<typeof tokenOf>>();
    const before = machine.held.get("a");
    machine.answer = () => late.promise;
    const pass = machine.pass([a]);
    while (machine.asked.length === 0) await Promise.resolve();
    for (const deadline of machine.deadlines) deadline.abort();
    assert.deepEqual(told(await pass).failed, ["a renew REFRESH_TIMEOUT"]);
    late.resolve(tokenOf(machine.clock()));
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    assert.equal(machine.held.get("a"), before);
  });

  it("a token that another process fetched under the lock is published, and is not a failure", async () => {
    machine.renew = async ({ key }) => {
      const entry = tokenOf(machine.clock());
      machine.held.set(key, entry);
      return entry;
    };
    assert.deepEqual(told(await machine.pass([a])), { ...nothing, renewed: ["a"] });
    assert.deepEqual([...machine.files.values()], [machine.held.get("a")?.secret]);
  });

  it("a daemon that ends: the pass ends at once, and running steps are not recorded", async () => {
    const stop = new AbortController();
    machine.stop = stop.signal;
    machine.answer = () => new Promise<never>(() => {});
    const pass = machine.pass([a, ...Array.from({ length: 20 }, (_, at) => jobOf(`job ${at}`))]);
    while (machine.asked.length < 8) await Promise.resolve();
    stop.abort();
    assert.deepEqual(told(await pass), nothing);
    assert.equal(machine.asked.length, 8);
    assert.ok(Object.values(machine.state.groups).every(({ failure }) => failure === undefined));
  });
});
