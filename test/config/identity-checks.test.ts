import assert from "node:assert/strict";
import { identityComplaints } from "../../src/config/identity-checks.ts";
import { checkConfig } from "../../src/config/parse.ts";
import { role } from "./refused-cases.ts";

describe("sources of identities", () => {
  const rolesOf = (sources: readonly (readonly [name: string, source: string])[]) =>
    `version: 1\nidentities:\n${sources
      .map(([name, source]) => `  ${name}: { roleArn: "${role}", source: ${source} }\n`)
      .join("")}`;
  const loopsIn = (...sources: readonly (readonly [string, string])[]) =>
    checkConfig(rolesOf(sources), "c").map(({ message }) => /loop: (.*)$/.exec(message)?.[1]);

  it("are reported for each identity of a loop, not for those that lead to it", () => {
    const loop = ["b → c → b", "c → b → c"];
    assert.deepEqual(loopsIn(["a", "b"], ["b", "c"], ["c", "b"]), loop);
    assert.deepEqual(loopsIn(["b", "c"], ["c", "b"], ["a", "b"], ["d", "a"]), loop);
    assert.deepEqual(loopsIn(["d", "a"], ["a", "b"], ["b", "c"], ["c", "b"]), loop);
  });

  it("can form a long chain, which is followed once", function () {
    // Following it again for each identity takes hours.
    this.timeout(120_000);
    const length = 20_000;
    const names = Array.from({ length }, (_, number) => `id${number}`);
    const chain = names.map((name, number) => [name, { roleArn: role, source: names[number + 1] }]);
    const identities = { ...Object.fromEntries(chain.slice(0, -1)), [`id${length - 1}`]: { profile: "p" } };
    assert.deepEqual(identityComplaints({ version: 1, identities }), []);
  });
});
