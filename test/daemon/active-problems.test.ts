import assert from "node:assert/strict";
import { ActiveProblems, none } from "../../src/daemon/active-problems.ts";

describe("Troubles", () => {
  it("tells what begins, what changes and what is over, and nothing while it lasts", () => {
    const told: string[] = [];
    const troubles = new ActiveProblems((level, line) => told.push(`${level} ${line}`));
    const steps: [lines: Record<string, string>, expected: string[]][] = [
      [{ a: "a fails" }, ["error a fails"]],
      [{ a: "a fails" }, []],
      [{ a: "a fails: why: fix [A]", b: "b fails" }, ["error a fails: why: fix [A]", "error b fails"]],
      [{ b: "b fails" }, ["info over: a fails [A]"]],
      [{}, ["info over: b fails"]],
      [{ a: "a fails" }, ["error a fails"]],
    ];
    for (const [lines, expected] of steps) {
      troubles.set("tokens", new Map(Object.entries(lines)));
      assert.deepEqual(told.splice(0), expected);
    }
    troubles.set("config", none);
    assert.deepEqual(told, []);
    assert.deepEqual([...troubles.of("tokens").values()], ["a fails"]);
  });
});
