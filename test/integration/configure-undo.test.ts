import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

  it("--undo restores the user's last values", async () => {
    docker.write('{"credsStore":"desktop"}');
    await docker.configure(["--all", "--replace"]);
    docker.write('{"credsStore":"pass"}');
    await docker.configure(["--all", "--replace"]);
    await docker.configure(["--undo"]);
    assert.equal(docker.text, '{"credsStore":"pass"}');
  });

  it("distinguishes the same relative DOCKER_CONFIG in two folders", async () => {
    const one = user.write("one/docker/config.json", '{"credsStore":"desktop"}');
    const two = user.write("two/docker/config.json", '{"credsStore":"pass"}');
    const at = (folder: string) => ({ cwd: join(user.home, folder), env: { DOCKER_CONFIG: "docker" } });
    for (const folder of ["one", "two"]) await docker.configure(["--all", "--replace"], at(folder));
    for (const folder of ["one", "two"]) await docker.configure(["--undo"], at(folder));
    assert.equal(readFileSync(one, "utf8"), '{"credsStore":"desktop"}');
    assert.equal(readFileSync(two, "utf8"), '{"credsStore":"pass"}');
  });

  it("--undo --everywhere removes the helper from all configured files", async () => {
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

  it("--undo --everywhere does not ignore an unreadable record", async () => {
    await docker.configure([registry]);
    user.write(".local/state/docker-credential-ecr/clients/0.json", "{");
    await docker.refuses(["--undo", "--everywhere"], "CLIENT_FILE", "clients/0.json");
  });

  for (const damaged of ["", "{", "[]", "null", '{"path":1}', '{"replaced":{}}', "\0".repeat(40)]) {
    it(`does not replace or ignore a damaged record: ${JSON.stringify(damaged).slice(0, 20)}`, async () => {
      docker.write('{"credsStore":"desktop"}');
      await docker.configure(["--all", "--replace"]);
      const folder = join(user.home, ".local/state/docker-credential-ecr/clients");
      const [name = ""] = readdirSync(folder);
      const record = user.write(`.local/state/docker-credential-ecr/clients/${name}`, damaged);
      const before = docker.text;
      for (const options of [["--undo"], [registry], ["--undo", "--everywhere"]]) {
        await docker.refuses(
          options,
          "CLIENT_FILE",
          `${record} can't be read (not a record of this program)`,
        );
      }
      assert.deepEqual([docker.text, readFileSync(record, "utf8")], [before, damaged]);
      rmSync(record);
      assert.match(await docker.configure(["--undo"]), /left, because .*: credsStore;/);
    });
  }

  it("keeps no backup of a file that it has created itself", async () => {
    const copy = `${docker.path}.before-ecr`;
    rmSync(docker.path, { force: true });
    await docker.configure([registry]);
    assert.doesNotMatch(await docker.configure([westRegistry]), /backup/);
    assert.ok(!existsSync(copy));
    assert.doesNotMatch(await docker.configure(["--undo"]), /original/);
    assert.ok(!existsSync(docker.path));
  });

  it("keeps a backup of the original file, 0600, until --undo no longer needs it", async () => {
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

  it("treats an empty file as {}, as Docker does, and restores it", async () => {
    docker.write("");
    await docker.configure([registry]);
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr" } });
    await docker.configure(["--undo"]);
    assert.equal(docker.text, "");
  });

  it("--undo leaves entries that the user wrote, and reports them", async () => {
    const byHand = `{ "credHelpers": { "${registry}": "ecr" }, "credsStore": "pass" }`;
    docker.write(byHand);
    assert.match(await docker.configure([registry]), /nothing to change/);
    const left = `credHelpers for ${registry}`;
    for (const args of [["--undo", "--dry-run"], ["--undo"], ["--undo", "--everywhere"]]) {
      assert.ok((await docker.configure(args)).replaceAll(/\s+/g, " ").includes(left), args.join(" "));
      assert.equal(docker.text, byHand);
    }
    await docker.configure([registry, westRegistry]);
    // Now the file has to be edited without the record of the exact edits.
    docker.write(docker.text.replace("pass", "desktop"));
    const out = (await docker.configure(["--undo"])).replaceAll(/\s+/g, " ");
    assert.ok(out.includes(left) && !out.includes(westRegistry), out);
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr" }, credsStore: "desktop" });
  });

  it("--undo leaves a credsStore that the user wrote", async () => {
    docker.write('{"credsStore":"ecr"}');
    assert.match(await docker.configure(["--all"]), /nothing to change/);
    await docker.configure([registry]);
    docker.write(docker.text.replace("{", '{ "psFormat": "x",'));
    assert.match(await docker.configure(["--undo"]), /left, because.*: credsStore;/s);
    assert.deepEqual(docker.json, { credsStore: "ecr", psFormat: "x" });
  });

  it("keeps an existing Docker folder", async () => {
    mkdirSync(join(user.home, ".docker"));
    await docker.configure([registry]);
    await docker.configure(["--undo"]);
    assert.deepEqual(readdirSync(join(user.home, ".docker")), []);
  });

  it("--undo removes a file that it created, and shows this with --dry-run", async () => {
    await docker.configure([registry]);
    const before = snapshot(user.home);
    assert.match(await docker.configure(["--undo", "--dry-run"]), /^-.*credHelpers/m);
    assert.deepEqual(snapshot(user.home), before);
    await docker.configure(["--undo"]);
    assert.equal(existsSync(docker.path), false);
    assert.match(await docker.configure(["--undo"]), /nothing to undo/);
  });

  it("--undo keeps later changes of other programs", async () => {
    await docker.configure([registry, westRegistry]);
    const since = { ...docker.json, psFormat: "x" };
    since.credHelpers[westRegistry] = "pass";
    docker.write(JSON.stringify(since));
    await docker.configure(["--undo"]);
    assert.deepEqual(docker.json, { credHelpers: { [westRegistry]: "pass" }, psFormat: "x" });
  });

  it("replaces another helper only with --replace, and restores it", async () => {
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
