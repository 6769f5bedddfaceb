import assert from "node:assert/strict";
import { DockerConfig } from "../support/program/docker-config.ts";
import { abroadTarget, follower, source, westTarget } from "../support/program/replicating.ts";
import { publicRegistry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("configure-docker --all-kept", () => {
  const standing = useStanding();

  it("configures all managed registries, including replicas and discovered ones, and undoes it", async () => {
    const user = follower(standing);
    const docker = new DockerConfig(user);
    docker.write('{"credHelpers":{"registry.example.com":"pass"}}');
    assert.equal((await user.run(["daemon", "--once"])).exitCode, 0);
    answered(await user.get(publicRegistry), publicRegistry);
    const before = snapshot(user.home, ".docker");
    const shown = await docker.configure(["--all-kept", "--dry-run"]);
    for (const host of [source, westTarget, abroadTarget])
      assert.ok(shown.includes(`"${host}": "ecr"`), host);
    assert.deepEqual(snapshot(user.home, ".docker"), before);
    assert.match(await docker.configure(["--all-kept"]), /Docker now uses this helper for(?:\n {2}\S+){4}\n/);
    assert.deepEqual(docker.json.credHelpers, {
      "registry.example.com": "pass",
      [source]: "ecr",
      [westTarget]: "ecr",
      [abroadTarget]: "ecr",
      [publicRegistry]: "ecr",
    });
    await docker.configure(["--undo"]);
    assert.deepEqual(snapshot(user.home, ".docker"), before);
  });

  it("reports registries whose targets are not known yet", async () => {
    const docker = new DockerConfig(follower(standing));
    const shown = await docker.configure(["--all-kept"]);
    assert.match(
      shown,
      new RegExp(`^the replication rules of ${source} were never read: run 'daemon --once'`),
    );
    assert.deepEqual(docker.json, { credHelpers: { [source]: "ecr" } });
  });

  it("is refused without managed registries, with other arguments, and with an invalid config", async () => {
    const user = follower(standing, "version: 1\n");
    const docker = new DockerConfig(user);
    await docker.refuses(["--all-kept"], "NOTHING_KEPT");
    await docker.refuses(["--all-kept", "--all"], "USAGE", "--all and --all-kept");
    await docker.refuses(["--all-kept", source], "USAGE", "--all-kept and named registries");
    user.write(configPath, "version: 1\nidentites: {}\n");
    await docker.refuses(["--all-kept"], "CONFIG_INVALID", "config.yaml:2:1");
  });
});
