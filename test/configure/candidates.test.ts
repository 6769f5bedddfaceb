import assert from "node:assert/strict";
import { candidates, renderProposal, selectedHosts } from "../../src/configure/candidates.ts";

const hosts = ["a.example", "b.example", "c.example"];
const states = (config: Parameters<typeof candidates>[1]) =>
  candidates(
    hosts.map((host) => ({ host, where: "config.yaml" })),
    config,
  ).map(({ state, current }) => (current === undefined ? state : `${state} ${current}`));

describe("what configure-docker proposes", () => {
  it("contains each registry once, with all places where it was found", () => {
    const findings = [
      { host: "a.example", where: "config.yaml" },
      { host: "b.example", where: "docker login" },
      { host: "a.example", where: "docker images" },
      { host: "a.example", where: "config.yaml" },
    ];
    const list = candidates(findings, { credHelpers: {}, logins: [] });
    assert.deepEqual(
      list.map(({ host, where }) => [host, ...where]),
      [
        ["a.example", "config.yaml", "docker images"],
        ["b.example", "docker login"],
      ],
    );
  });

  it("does not replace another helper in credHelpers, nor AWS's helper in credsStore", () => {
    const credHelpers = { "a.example": "ecr", "b.example": "pass" };
    assert.deepEqual(states({ credHelpers, logins: [] }), ["ours ecr", "other pass", "new"]);
    const desktop = { credHelpers, credsStore: "desktop", logins: [] };
    assert.deepEqual(states(desktop), ["ours ecr", "other pass", "new desktop"]);
    assert.deepEqual(states({ ...desktop, credsStore: "ecr" }), ["ours ecr", "other pass", "ours ecr"]);
    assert.deepEqual(states({ ...desktop, credsStore: "ecr-login" })[2], "other ecr-login");
  });

  it("fits 80 columns, and numbers the selectable registries", () => {
    const host = "111122223333.dkr-ecr-fips.us-gov-west-1.on.amazonwebservices.com.cn";
    const where = Array.from({ length: 20 }, (_, index) => `AWS profile ${index}`);
    const list = candidates(
      [...where.map((each) => ({ host, where: each })), { host: "b.example", where: "x" }],
      { credHelpers: { "b.example": "pass" }, logins: [] },
    );
    const lines = renderProposal([...list, ...list], "podman").split("\n");
    assert.ok(lines.every((line) => line.length <= 80));
    assert.deepEqual(
      lines.filter((_, index) => index % 2 === 0).map((line) => line.slice(0, 6).trim()),
      ["1", "-", "2", "-"],
    );
    assert.ok(lines.some((line) => line.trim().startsWith("podman uses pass for it: ")));
  });

  it("accepts all, none, numbers and ranges as an answer", () => {
    for (const answer of ["", "y", " YES ", "all", "1-3"])
      assert.deepEqual(selectedHosts(answer, hosts), hosts, answer);
    for (const answer of ["n", "No", "none"]) assert.deepEqual(selectedHosts(answer, hosts), [], answer);
    assert.deepEqual(selectedHosts("1,3", hosts), ["a.example", "c.example"]);
    assert.deepEqual(selectedHosts("2-3 2", hosts), ["b.example", "c.example"]);
    for (const answer of ["0", "4", "1-4", "3-1", "1,x", "-1", "1.5"])
      assert.equal(selectedHosts(answer, hosts), undefined, answer);
  });
});
