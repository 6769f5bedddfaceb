import assert from "node:assert/strict";
import { DockerConfig, oddConfig } from "../support/program/docker-config.ts";
import { registry, useStanding } from "../support/program/standing.ts";

describe("the layout of Docker's config.json", () => {
  const standing = useStanding();
  let docker: DockerConfig;

  beforeEach(() => {
    docker = new DockerConfig(standing.user());
  });

  it("does not change any byte outside of its own lines", async () => {
    docker.write(oddConfig);
    await docker.configure([registry]);
    const own = `,\n\t\t"${registry}": "ecr"`;
    assert.equal(docker.text, oddConfig.replace('"registry.example.com": "pass"', `$&${own}`));
    await docker.configure(["--undo"]);
    assert.equal(docker.text, oddConfig);
  });

  for (const [what, before] of [
    ["CR LF", '{\r\n    "psFormat": "x"\r\n}\r\n'],
    ["four spaces", '{\n    "auths": {},\n    "psFormat": "x"\n}\n'],
    ["all in one line", '{"auths":{},"psFormat":"x"}'],
    ["nothing in it", "{}"],
  ] as const) {
    it(`keeps the layout of a file with ${what}, and --undo restores it`, async () => {
      docker.write(before);
      await docker.configure([registry]);
      const { credHelpers, ...rest } = docker.json;
      assert.deepEqual(credHelpers, { [registry]: "ecr" });
      assert.deepEqual(rest, JSON.parse(before));
      if (before.includes("\r\n")) assert.equal(docker.text.replaceAll("\r\n", "").includes("\n"), false);
      await docker.configure(["--undo"]);
      assert.equal(docker.text, before);
    });
  }
});
