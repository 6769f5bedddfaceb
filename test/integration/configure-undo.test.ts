import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { DockerConfig, oddConfig } from "../support/program/docker-config.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";

describe("configure-docker --undo", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;

  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
  });

  it("--undo puts back what the user had last", async () => {
    docker.write('{"credsStore":"desktop"}');
    await docker.configure(["--all", "--replace"]);
    docker.write('{"credsStore":"pass"}');
    await docker.configure(["--all", "--replace"]);
    await docker.configure(["--undo"]);
    assert.equal(docker.text, '{"credsStore":"pass"}');
  });

  it("keeps apart what the same relative DOCKER_CONFIG means in two folders", async () => {
    const one = user.write("one/docker/config.json", '{"credsStore":"desktop"}');
    const two = user.write("two/docker/config.json", '{"credsStore":"pass"}');
    const at = (folder: string) => ({ cwd: join(user.home, folder), env: { DOCKER_CONFIG: "docker" } });
    for (const folder of ["one", "two"]) await docker.configure(["--all", "--replace"], at(folder));
    for (const folder of ["one", "two"]) await docker.configure(["--undo"], at(folder));
    assert.equal(readFileSync(one, "utf8"), '{"credsStore":"desktop"}');
    assert.equal(readFileSync(two, "utf8"), '{"credsStore":"pass"}');
  });

  it("--undo --everywhere takes it out of every file that it was put into", async () => {
    const other = user.write("other/config.json", '{"credsStore":"pass"}');
    const gone = { env: { DOCKER_CONFIG: join(user.home, "gone") } };
    await docker.configure(["--all", "--replace"], { env: { DOCKER_CONFIG: join(user.home, "other") } });
    await docker.configure([registry], gone);
    await docker.configure([registry]);
    const before = snapshot(user.home);
    await docker.configure(["--undo", "--everywhere", "--dry-run"]);
    assert.deepEqual(snapshot(user.home), before);
    await docker.configure(["--undo", "--everywhere"]);
    assert.equal(readFileSync(other, "utf8"), '{"credsStore":"pass"}');
    assert.deepEqual(readdirSync(user.home).sort(), [".local", "other"]);
    assert.deepEqual(readdirSync(join(user.state, "clients")), []);
    await docker.configure(["--undo", "--everywhere"]);
    await docker.refuses(["--everywhere"], "USAGE", "--undo");
  });

  it("--undo --everywhere passes over no record that it can't read", async () => {
    await docker.configure([registry]);
    user.write(".local/state/docker-credential-ecr/clients/0.json", "{");
    await docker.refuses(["--undo", "--everywhere"], "CLIENT_FILE", "clients/0.json");
  });

  it("keeps the file as it was at first beside it, 0600, until --undo has no use for it", async () => {
    const copy = `${docker.path}.before-ecr`;
    docker.write(oddConfig);
    chmodSync(docker.path, 0o644);
    assert.match(await docker.configure([registry]), /^backup of the original: .*config\.json\.before-ecr$/m);
    await docker.configure([westRegistry]);
    await docker.configure(["--all"]);
    assert.equal(readFileSync(copy, "utf8"), oddConfig);
    assert.equal(modeOf(copy), "0600");
    await docker.configure(["--undo"]);
    assert.deepEqual([docker.text, existsSync(copy)], [oddConfig, false]);

    await docker.configure([registry]);
    docker.write(JSON.stringify({ ...docker.json, psFormat: "another" }));
    assert.match(await docker.configure(["--undo"]), /config\.json\.before-ecr is the original file/);
    assert.equal(readFileSync(copy, "utf8"), oddConfig);
  });

  it("takes an empty file for {}, as Docker does, and gives it back", async () => {
    docker.write("");
    await docker.configure([registry]);
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr" } });
    await docker.configure(["--undo"]);
    assert.equal(docker.text, "");
  });

  it("leaves a folder of Docker's that was there before", async () => {
    mkdirSync(join(user.home, ".docker"));
    await docker.configure([registry]);
    await docker.configure(["--undo"]);
    assert.deepEqual(readdirSync(join(user.home, ".docker")), []);
  });

  it("--undo leaves no trace of a file that it made, and shows before with --dry-run", async () => {
    await docker.configure([registry]);
    const before = snapshot(user.home);
    assert.match(await docker.configure(["--undo", "--dry-run"]), /^-.*credHelpers/m);
    assert.deepEqual(snapshot(user.home), before);
    await docker.configure(["--undo"]);
    assert.equal(existsSync(docker.path), false);
    assert.match(await docker.configure(["--undo"]), /nothing to undo/);
  });

  it("--undo keeps what somebody else has written since", async () => {
    await docker.configure([registry, westRegistry]);
    const since = { ...docker.json, psFormat: "x" };
    since.credHelpers[westRegistry] = "pass";
    docker.write(JSON.stringify(since));
    await docker.configure(["--undo"]);
    assert.deepEqual(docker.json, { credHelpers: { [westRegistry]: "pass" }, psFormat: "x" });
  });

  it("takes no other helper's place but with --replace, and gives it back", async () => {
    const before = `{\n  "credsStore": "desktop",\n  "credHelpers": {\n    "${registry}": "ecr-login"\n  }\n}\n`;
    docker.write(before);
    await docker.refuses(["--all"], "DOCKER_CONFIG_TAKEN", "desktop", "--replace");
    await docker.refuses([registry], "DOCKER_CONFIG_TAKEN", "ecr-login", "--replace");
    await docker.configure(["--all", "--replace"]);
    await docker.configure([registry, "--replace"]);
    assert.deepEqual(docker.json, { credsStore: "ecr", credHelpers: { [registry]: "ecr" } });
    await docker.configure(["--undo"]);
    assert.equal(docker.text, before);
  });
});
