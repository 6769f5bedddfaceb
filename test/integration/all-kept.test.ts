import assert from "node:assert/strict";
import { DockerConfig } from "../support/program/docker-config.ts";
import { abroadTarget, follower, source, westTarget } from "../support/program/replicating.ts";
import { publicRegistry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("configure-docker --all-kept", () => {
  const standing = useStanding();

  it("wires every registry that is kept, those that others replicate to and learnt ones too, and undoes it", async () => {
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

  it("says whose targets are not known yet", async () => {
    const docker = new DockerConfig(follower(standing));
    const shown = await docker.configure(["--all-kept"]);
    assert.match(
      shown,
      new RegExp(`^the replication rules of ${source} were never read: run 'daemon --once'`),
    );
    assert.deepEqual(docker.json, { credHelpers: { [source]: "ecr" } });
  });

  it("is refused where nothing is kept, where more is named, and under a config that is broken", async () => {
    const user = follower(standing, "version: 1\n");
    const docker = new DockerConfig(user);
    await docker.refuses(["--all-kept"], "NOTHING_KEPT");
    await docker.refuses(["--all-kept", "--all"], "USAGE", "--all and --all-kept");
    await docker.refuses(["--all-kept", source], "USAGE", "--all-kept and named registries");
    user.write(configPath, "version: 1\nidentites: {}\n");
    await docker.refuses(["--all-kept"], "CONFIG_INVALID", "config.yaml:2:1");
  });
});
