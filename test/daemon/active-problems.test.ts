import assert from "node:assert/strict";
import { ActiveProblems, noProblems } from "../../src/daemon/active-problems.ts";

describe("ActiveProblems", () => {
  it("logs when a problem begins, changes and is resolved, and nothing in between", () => {
    const told: string[] = [];
    const troubles = new ActiveProblems((level, line) => told.push(`${level} ${line}`));
    const steps: [lines: Record<string, string>, expected: string[]][] = [
      [{ a: "a fails" }, ["error a fails"]],
      [{ a: "a fails" }, []],
      [{ a: "a fails: why: fix [A]", b: "b fails" }, ["error a fails: why: fix [A]", "error b fails"]],
      [{ b: "b fails" }, ["info resolved: a fails [A]"]],
      [{}, ["info resolved: b fails"]],
      [{ a: "a fails" }, ["error a fails"]],
    ];
    for (const [lines, expected] of steps) {
      troubles.set("tokens", new Map(Object.entries(lines)));
      assert.deepEqual(told.splice(0), expected);
    }
    troubles.set("config", noProblems);
    assert.deepEqual(told, []);
    assert.deepEqual([...troubles.of("tokens").values()], ["a fails"]);
  });
});
