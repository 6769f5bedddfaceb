import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";

const authFile = ".config/containers/auth.json";
const dropIn = ".config/containers/registries.conf.d/50-docker-credential-ecr.conf";

describe("configure-docker --podman", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  const read = (path: string) => readFileSync(join(user.home, path), "utf8");
  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    user.env["XDG_RUNTIME_DIR"] = join(user.home, "run");
  });

  it("writes credHelpers to a persistent file, does not change Docker's file, and undoes it", async () => {
    docker.write("{}");
    const before = snapshot(user.home, ".docker");
    await docker.configure(["--podman", registry]);
    assert.deepEqual(JSON.parse(read(authFile)), { credHelpers: { [registry]: "ecr" } });
    assert.equal(docker.text, "{}");
    await docker.configure(["--podman", "--undo"]);
    assert.deepEqual(snapshot(user.home, ".docker"), before);
    assert.equal(existsSync(join(user.home, ".config")), false);
  });

  it("uses REGISTRY_AUTH_FILE", async () => {
    const path = user.write("x/auth.json", '{"auths":{"ghcr.io":{"auth":"bWU6eA=="}}}');
    await docker.configure(["--podman", registry], { env: { REGISTRY_AUTH_FILE: path } });
    assert.deepEqual(JSON.parse(read("x/auth.json")).credHelpers, { [registry]: "ecr" });
    assert.equal(existsSync(join(user.home, authFile)), false);
  });

  it("names podman's file, not Docker's, in errors", async () => {
    user.write(authFile, JSON.stringify({ credHelpers: { [registry]: "pass" } }));
    await docker.refuses(["--podman", registry], "DOCKER_CONFIG_TAKEN", "podman's auth.json", "pass");
    user.write(authFile, "{");
    await docker.refuses(["--podman", registry], "DOCKER_CONFIG_SYNTAX", "podman's auth.json");
  });

  it("reports a login that takes precedence in podman", async () => {
    user.write(
      "run/containers/auth.json",
      JSON.stringify({ auths: { [registry]: { auth: btoa("AWS:x") } } }),
    );
    const shown = await docker.configure(["--podman", registry, westRegistry]);
    assert.match(
      shown,
      new RegExp(`a token for ${registry} is in .*run/containers/auth.json.*podman logout`),
    );
    assert.ok(!shown.includes(`token for ${westRegistry}`));
  });

  it("with --all adds a separate file to registries.conf.d, and --undo removes it", async () => {
    user.write(".config/containers/registries.conf", 'unqualified-search-registries = ["x.example"]\n');
    const before = snapshot(user.home, ".config");
    assert.match(
      await docker.configure(["--podman", "--all", "--dry-run"]),
      /^\+credential-helpers = .*"ecr"\]$/m,
    );
    assert.deepEqual(snapshot(user.home, ".config"), before);
    await docker.configure(["--podman", "--all"]);
    assert.match(read(dropIn), /^credential-helpers = \["containers-auth.json", "ecr"\]$/m);
    assert.match(await docker.configure(["--podman", "--all"]), /nothing to change/);
    await docker.configure(["--podman", "--undo"]);
    assert.deepEqual(snapshot(user.home, ".config"), before);
  });

  it("with --all does not disable other helpers", async () => {
    user.write(".config/containers/registries.conf.d/10-mine.conf", 'credential-helpers = ["pass"]\n');
    await docker.refuses(["--podman", "--all"], "PODMAN_TAKEN", "10-mine.conf", "--replace");
    assert.equal(existsSync(join(user.home, dropIn)), false);
    await docker.configure(["--podman", "--all", "--replace"]);
    assert.ok(existsSync(join(user.home, dropIn)));
  });

  it("--undo with --podman leaves a separate file that the user wrote, and restores one that it replaced", async () => {
    await docker.configure(["--podman", "--all"]);
    const ours = read(dropIn);
    await docker.configure(["--podman", "--undo"]);
    user.write(dropIn, ours);
    assert.match(await docker.configure(["--podman", "--all"]), /nothing to change/);
    await docker.configure(["--podman", "--undo"]);
    assert.equal(read(dropIn), ours);

    const byHand = 'credential-helpers = ["mine"]\n';
    user.write(dropIn, byHand);
    await docker.configure(["--podman", "--all", "--replace"]);
    await docker.configure(["--podman", "--undo"]);
    assert.equal(read(dropIn), byHand);

    await docker.configure(["--podman", "--all", "--replace"]);
    user.write(dropIn, `${ours}# more\n`);
    assert.match(await docker.configure(["--podman", "--undo"]), /left, because it was changed/);
    assert.equal(read(dropIn), `${ours}# more\n`);
  });

  it("is undone with --everywhere, like Docker's", async () => {
    await docker.configure([registry]);
    await docker.configure(["--podman", registry]);
    await docker.configure(["--podman", "--all"]);
    await docker.configure(["--undo", "--everywhere"]);
    assert.deepEqual(readdirSync(user.home), [".local"]);
  });
});
