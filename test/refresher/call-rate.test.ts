import assert from "node:assert/strict";
import fc from "fast-check";
import { refreshPass } from "../../src/refresher/pass.ts";
import { type RefresherState, startState } from "../../src/refresher/state.ts";
import { usualTiming } from "../../src/refresher/timing.ts";
import { Failure } from "../../src/token/failure.ts";
import { hour, minute, second } from "../support/fakes/clock.ts";
import { authorizationEntry } from "../support/fakes/entries.ts";
import { jobOf, MemoryPorts, seeded } from "./support.ts";

const codes = [
  "UNREACHABLE",
  "AWS_FAULT",
  "THROTTLED",
  "SSO_EXPIRED",
  "ACCESS_DENIED",
  "BAD_ANSWER",
] as const;

/** Milliseconds, of both signs and of every size. */
const spans = fc.oneof(
  fc.integer({ min: -30 * second, max: 30 * second }),
  fc.integer({ min: -2 * hour, max: 13 * hour }),
  fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
);

/** A life as a file may hold it, whatever wrote it. */
const lives = fc.record({ issued: spans, fresh: spans, whole: spans, ofThisBoot: fc.boolean() });

const groups = fc.record({
  issue: fc.option(fc.record({ issuedAt: spans, expiresAt: spans, renewAfter: spans, checkAfter: spans }), {
    nil: undefined,
  }),
  wait: fc.option(fc.record({ issuedAt: spans, freshUntil: spans, expiresAt: spans }), { nil: undefined }),
});

const happenings = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ pass: fc.integer({ min: 250, max: 61 * second }) }) },
    { weight: 2, arbitrary: fc.record({ set: spans }) },
    { weight: 2, arbitrary: fc.record({ stored: fc.option(lives) }) },
    { weight: 1, arbitrary: fc.record({ conditions: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ verdict: fc.constantFrom("accepted", "refused", "unknown") }) },
    { weight: 2, arbitrary: fc.record({ answers: fc.oneof(lives, fc.constantFrom(...codes)) }) },
  ),
  { minLength: 10, maxLength: 80 },
);

/** Tokens that live for seconds are asked about too. */
const timing = { ...usualTiming, check: { ...usualTiming.check, floor: 0, spread: second, retry: second } };

describe("the calls of a daemon for one token", function () {
  this.timeout(300_000);

  it(`are at least ${usualTiming.cooldown / second} s apart, whatever the stored tokens, the answers and the clock`, async () => {
    let calls = 0;
    let checks = 0;
    const property = fc.asyncProperty(groups, happenings, fc.nat(), async (group, steps, seed) => {
      const ports = new MemoryPorts();
      const random = seeded(seed);
      let job = jobOf("a");
      let uptime = 0;
      let last = Number.NEGATIVE_INFINITY;
      const entryOf = ({ issued, fresh, whole, ofThisBoot }: Lives) => {
        const { now, boot } = ports.clock();
        const issuedAt = now + issued;
        const life = { issuedAt, freshUntil: issuedAt + fresh, expiresAt: issuedAt + whole };
        return authorizationEntry({
          life: { ...life, ...(ofThisBoot && boot && { boot }) },
          secret: `made-up token ${random()}`,
          sessionEndsAt: issuedAt + Math.floor(whole * random()),
        });
      };
      ports.answer = () => {
        throw new Failure("AWS_FAULT", "it failed", "wait");
      };
      const renew = ports.renew;
      ports.renew = (...args) => {
        assert.ok(uptime - last >= usualTiming.cooldown, `a call ${uptime - last} ms after the one before`);
        last = uptime;
        calls += 1;
        return renew(...args);
      };
      const { now } = ports.clock();
      const wait = group.wait && {
        issuedAt: now + group.wait.issuedAt,
        freshUntil: now + group.wait.freshUntil,
        expiresAt: now + group.wait.expiresAt,
      };
      const failure = { count: 1, since: now, at: now, code: "TIMEOUT", what: "", fix: "" };
      const before = { issue: group.issue, ...(wait && { failure: { ...failure, conditions: "", wait } }) };
      let state: RefresherState = startState(
        { format: 1, groups: { a: JSON.parse(JSON.stringify(before)) } },
        0,
        ports.clock(),
      );
      for (const step of steps) {
        if ("pass" in step) {
          ports.time.pass(step.pass);
          uptime += step.pass;
        } else if ("set" in step) ports.time.set(step.set);
        else if ("conditions" in step) job = { ...job, conditions: `${step.conditions}` };
        else if ("verdict" in step) ports.verdict = async () => step.verdict;
        else if ("stored" in step) {
          if (step.stored) ports.held.set("a", entryOf(step.stored));
          else ports.held.delete("a");
        } else {
          const { answers } = step;
          ports.answer = async () => {
            if (typeof answers === "string") throw new Failure(answers, "it failed", "wait");
            return entryOf(answers);
          };
        }
        state = (await refreshPass(ports, [job], state, random, { timing })).state;
      }
      checks += ports.checked.length;
    });
    await fc.assert(property, { numRuns: 1_500 });
    assert.ok(calls > 5_000, `${calls} calls`);
    assert.ok(checks > 0, `${checks} checks`);
  });

  it("come that often if each token expires at once", async () => {
    const ports = new MemoryPorts();
    ports.answer = () => {
      const { now } = ports.clock();
      const life = { issuedAt: now, freshUntil: now + 500, expiresAt: now + second };
      return authorizationEntry({ life, secret: `made-up token ${now}` });
    };
    let state: RefresherState = { format: 1, groups: {} };
    for (let at = 0; at < 10 * minute; at += 250) {
      state = (await refreshPass(ports, [jobOf("a")], state, Math.random)).state;
      ports.time.pass(250);
    }
    assert.equal(ports.asked.length, (10 * minute) / usualTiming.cooldown);
  });
});

interface Lives {
  issued: number;
  fresh: number;
  whole: number;
  ofThisBoot: boolean;
}
