import assert from "node:assert/strict";
import { type Finding, failed, ok, skipped } from "../../src/doctor/checks/finding.ts";
import { type Entry, runChapters, runSteps, type Step } from "../../src/doctor/runner.ts";
import { Failure } from "../../src/token/failure.ts";

interface Plan {
  readonly scope?: "machine" | "registry";
  readonly needs?: readonly string[];
  readonly limit?: number;
  readonly registry?: string;
  readonly look: (signal: AbortSignal) => Promise<Finding> | Finding;
}

function step(name: string, { scope = "registry", needs = [], limit, registry, look }: Plan): Step {
  const common = { name, needs, ...(limit !== undefined && { limit }) };
  const asks = async (signal: AbortSignal) => look(signal);
  return {
    diagnostic:
      scope === "machine"
        ? { ...common, scope, look: () => asks(new AbortController().signal) }
        : { ...common, scope, look: (_, signal) => asks(signal) },
    ...(scope === "registry" && { registry: registry ?? "one" }),
    look: asks,
  };
}

const run = (...steps: Step[]) =>
  runSteps(
    steps,
    () => 0,
    () => {},
  );
const short = (entries: readonly Entry[]) =>
  entries.map(({ name, status, seen, code }) => `${name} ${status} ${code ?? seen}`);
const bad = () => failed("TLS", "it is bad", "make it good");

describe("runSteps", () => {
  it("skips checks that need a failed one, directly or not, and names the failed one", async () => {
    const entries = await run(
      step("a", { look: bad }),
      step("b", { needs: ["a"], look: () => ok("never") }),
      step("c", { needs: ["b"], look: () => ok("never") }),
      step("d", { look: () => ok("well") }),
    );
    assert.deepEqual(short(entries), [
      "a failed TLS",
      "b skipped because a failed",
      "c skipped because a failed",
      "d ok well",
    ]);
  });

  it("continues after a check that skipped itself", async () => {
    const entries = await run(
      step("a", { look: () => skipped("there is nothing to ask") }),
      step("b", { needs: ["a"], look: () => ok("well") }),
    );
    assert.deepEqual(short(entries), ["a skipped because there is nothing to ask", "b ok well"]);
  });

  it("limits a failure to its registry, and one of the machine to all", async () => {
    const entries = await run(
      step("machine", { scope: "machine", look: bad }),
      step("a", { registry: "one", look: bad }),
      step("b", { registry: "one", needs: ["a"], look: () => ok("never") }),
      step("a", { registry: "two", look: () => ok("well") }),
      step("b", { registry: "two", needs: ["a"], look: () => ok("well") }),
      step("c", { registry: "two", needs: ["machine"], look: () => ok("never") }),
    );
    assert.deepEqual(short(entries).slice(2), [
      "b skipped because a failed",
      "a ok well",
      "b ok well",
      "c skipped because machine failed",
    ]);
    assert.deepEqual(entries.map(({ registry }) => registry).slice(0, 2), [undefined, "one"]);
  });

  it("ends a check that takes too long, and continues", async () => {
    const never = new Promise<Finding>(() => {});
    const entries = await run(
      step("mute", { limit: 1, look: () => never }),
      step("next", { look: () => ok("well") }),
    );
    assert.deepEqual(short(entries), ["mute failed DOCTOR_TIMEOUT", "next ok well"]);
  });

  it("lets a check report what it waited for when its time is over", async () => {
    const look = (signal: AbortSignal) =>
      new Promise<Finding>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Failure("TIMEOUT", "waiting for STS", "look")));
      });
    assert.deepEqual(short(await run(step("slow", { limit: 1, look }))), ["slow failed TIMEOUT"]);
  });

  it("turns an error into a finding, a failure with its code", async () => {
    const thrown = (error: Error) => () => {
      throw error;
    };
    const entries = await run(
      step("a", { look: thrown(new Failure("PROXY", "what", "fix")) }),
      step("b", { look: thrown(new TypeError("no such thing")) }),
    );
    assert.deepEqual(short(entries), ["a failed PROXY", "b failed UNEXPECTED"]);
  });

  it("removes secrets and control characters", async () => {
    const seen = "AKIAIOSFODNN7EXAMPLE\u001b[2J and\nhttps://me:hush-hush@proxy";
    const [entry] = await run(step("a", { look: () => failed("DNS", seen, `${seen}, then`) }));
    const text = `${entry?.seen}${entry?.fix}`;
    assert.doesNotMatch(text, /IOSFODNN7|hush|\p{Cc}/u);
    assert.match(text, /then$/);
  });

  it("reports each entry at once, with the time it took", async () => {
    let clock = 0;
    const told: string[] = [];
    const sevenLater = () => {
      clock += 7;
      return ok("well");
    };
    const entries = await runSteps(
      [step("a", { look: sevenLater }), step("b", { look: () => ok(`after ${told}`) })],
      () => clock,
      ({ name }) => told.push(name),
    );
    assert.deepEqual(
      entries.map(({ took, seen }) => [took, seen]),
      [
        [7, "well"],
        [0, "after a"],
      ],
    );
  });
});

describe("runChapters", () => {
  it("checks registries in parallel, and reports them in order", async () => {
    const gate = Promise.withResolvers<Finding>();
    const told: string[] = [];
    const machine = step("config", { scope: "machine", look: bad });
    const slow = step("slow", { registry: "a", look: () => gate.promise });
    const needy = step("needy", { registry: "a", needs: ["config"], look: () => ok("never") });
    // If they ran one after another, the gate would never open.
    const quick = step("quick", {
      registry: "b",
      look: () => {
        gate.resolve(ok("at last"));
        return failed("TLS", "b is bad", "fix it");
      },
    });
    const entries = await runChapters(
      [[machine], [slow, needy], [quick]],
      () => 0,
      ({ name }) => told.push(name),
    );
    assert.deepEqual(told, ["config", "slow", "needy", "quick"]);
    assert.deepEqual(short(entries), [
      "config failed TLS",
      "slow ok at last",
      "needy skipped because config failed",
      "quick failed TLS",
    ]);
  });
});
