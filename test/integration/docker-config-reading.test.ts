import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { diagnose, healthyUser, named } from "../support/program/doctor.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { configPath } from "../support/program/user.ts";

describe("Docker's config.json is parsed as Docker does", () => {
  const standing = useStanding();

  function dockerWith(text: string): DockerConfig {
    const docker = new DockerConfig(healthyUser(standing));
    docker.write(text);
    return docker;
  }

  for (const [text, status, seen] of [
    ['{"credsStore":"ecr","credSstore":"fake"}', "failed", /docker-credential-fake/],
    ['{"credsStore":"ecr","CREDSSTORE":"fake"}', "failed", /docker-credential-fake/],
    ['{"credsStore":"ecr","cred\u017f\u017ftore":"fake"}', "failed", /docker-credential-fake/],
    ['{"credsStore":"ecr","credsstore":null}', "ok", /uses this helper/],
    [`{"CredHelpers":{"${registry}":"ecr"}}`, "ok", /uses this helper/],
    [`{"credHelpers":{"${registry}":"ecr"},"credHelpers":{"ghcr.io":"pass"}}`, "ok", /uses this helper/],
    [`{"credHelpers":{"${registry}":"ecr"},"credHelpers":null}`, "failed", /uses no helper/],
    [
      `{"credsStore":"ecr","cred\u212aelpers":1,"credHelpers":{"${registry}":null}}`,
      "failed",
      /uses no helper/,
    ],
    [`{"credHelpers":{"${registry}":"ecr"}} more`, "ok", /uses this helper/],
  ] as const) {
    it(`as in doctor for ${text.replaceAll(registry, "HOST")}`, async () => {
      const wiring = named(await diagnose(dockerWith(text).user, registry), "docker-wiring");
      assert.equal(wiring.status, status, wiring.seen);
      assert.match(wiring.seen, seen);
    });
  }

  for (const [args, text, said] of [
    [["--all"], '{"Auths":{"ghcr.io":{"auth":"bWU6eA=="}}}', "ghcr.io"],
    [["--all"], '{"CredsStore":"fake"}', "fake"],
    [[registry], `{"CredHelpers":{"${registry}":"fake"}}`, "fake"],
    [[registry], `{"credHelpers":{"${registry}":"ecr"},"credhelpers":{"${registry}":"fake"}}`, "fake"],
  ] as const) {
    it(`so ${args.join(" ")} takes nothing from ${text}`.replaceAll(registry, "HOST"), async () => {
      await dockerWith(text).refuses(args, "DOCKER_CONFIG_TAKEN", said);
    });
  }

  for (const text of ['{"credHelpers":[]}', '{"auths":{"a":7}}', '{"a":1} {"b":2}', '\ufeff{"a":1}']) {
    it(`so ${JSON.stringify(text)} is not changed`, async () => {
      await dockerWith(text).refuses([registry], "DOCKER_CONFIG_SYNTAX");
    });
  }

  for (const text of [
    `{"credHelpers":{"ghcr.io":"pass"},\n"credHelpers" : {"quay.io":"pass" } }`,
    `{"CREDHELPERS":{ }, "credsStore":null}`,
    `{"credHelpers":{"${westRegistry}":"f\\u0061ke","${westRegistry}":"fake"}}`,
    `{"credHelpers":{"${westRegistry}":"fake"},"credHelpers":null}`,
    "{ \n }",
    '{"credHelpers":null,"x":[]}\r\n',
  ]) {
    it(
      `and --undo gives back ${JSON.stringify(text)} byte for byte`.replaceAll(westRegistry, "HOST"),
      async () => {
        const docker = dockerWith(text);
        await docker.configure(["--replace", registry, westRegistry]);
        const wiring = named(await diagnose(docker.user, registry), "docker-wiring");
        assert.equal(wiring.status, "ok", wiring.seen);
        await docker.configure(["--all", "--replace"]);
        await docker.configure(["--undo"]);
        assert.equal(docker.text, text);
        assert.ok(!existsSync(`${docker.path}.before-ecr`));
      },
    );
  }

  it("and an import without permission to replace another helper requests no secret from it", async () => {
    const docker = dockerWith('{"CredsStore":"fake"}');
    const { user } = docker;
    user.write(configPath, "version: 1\nfallback: file\n");
    const helper = join(user.home, "docker-credential-fake");
    writeFileSync(helper, `#!/bin/sh\necho run >>${user.home}/run\necho '{}'\n`, { mode: 0o755 });
    user.env.PATH = `${user.home}:${user.env.PATH}`;
    for (const more of [[], ["--dry-run"]]) {
      await docker.refuses(["--all", "--import", ...more], "DOCKER_CONFIG_TAKEN", "fake");
      assert.ok(!existsSync(join(user.home, "run")));
    }
  });
});
