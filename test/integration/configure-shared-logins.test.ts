import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DockerConfig } from "../support/program/docker-config.ts";
import { useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";

const server = "hub.example.com";
const original = `{"auths":{"${server}":{"auth":"${btoa("me:hush-1")}"}}}\n`;

describe("two configs of Docker with one login", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  const folders = ["one", "two"];
  const pathOf = (folder: string) => join(user.home, folder, "config.json");
  const textOf = (folder: string) => readFileSync(pathOf(folder), "utf8");
  const configure = (folder: string, ...args: string[]) =>
    docker.configure(args, { env: { DOCKER_CONFIG: join(user.home, folder) } });
  const stored = async () => (await user.list()).stdout;
  const list = `{"${server}":"me"}\n`;

  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    user.write(configPath, "version: 1\nfallback: file\n");
    for (const folder of folders) user.write(`${folder}/config.json`, original);
  });

  for (const order of [folders, folders.toReversed()]) {
    it(`--undo of ${order[0]} keeps the login of the other, and the last removes it`, async () => {
      for (const folder of folders) await configure(folder, "--import");
      const [first = "", last = ""] = order;
      const shown = await configure(first, "--undo");
      assert.match(shown, new RegExp(`still stored by this helper too, for ${pathOf(last)}: hub`));
      assert.equal(textOf(first), original);
      assert.equal(await stored(), list);
      assert.doesNotMatch(await configure(last, "--undo"), /not restored|still stored/);
      assert.equal(textOf(last), original);
      assert.equal(await stored(), "{}\n");
    });
  }

  it("--undo --everywhere restores both, and leaves nothing in the store", async () => {
    for (const folder of folders) await configure(folder, "--import");
    assert.doesNotMatch(await configure("one", "--undo", "--everywhere"), /not restored|still stored/);
    assert.deepEqual(folders.map(textOf), [original, original]);
    assert.equal(await stored(), "{}\n");
  });

  it("--export restores one and keeps what the other is to get back", async () => {
    for (const folder of folders) await configure(folder, "--import");
    await configure("one", "--export", "--yes");
    assert.equal(await stored(), list);
    await configure("two", "--undo");
    assert.deepEqual(folders.map(textOf), [original, original]);
    assert.equal(await stored(), "{}\n");
  });

  for (const [name, more] of Object.entries({
    "another config": ["two", "--all"],
    "another config, for this server alone": ["two", server],
    podman: ["two", "--podman", "--all"],
  })) {
    it(`--export copies a login that is used with ${name}`, async () => {
      user.write("one/config.json", "{}\n");
      user.write("two/config.json", `{"credHelpers":{"${server}":"ecr"}}\n`);
      await configure("one", "--all");
      const [folder = "", ...args] = more;
      if (args[0] === server) await configure(folder, "public.ecr.aws");
      else await configure(folder, ...args);
      await user.store(server, "me", "hush-2");
      const shown = (await configure("one", "--export", "--yes")).replaceAll(/\s+/g, " ");
      assert.match(shown, / still stored by this helper too, for \S+: hub\.example\.com/);
      assert.match(textOf("one"), new RegExp(`"${btoa("me:hush-2")}"`));
      assert.equal(await stored(), list);
      // As the fix of LOGINS_KEPT says: then nothing is left in the store.
      await configure("one", "--undo", "--everywhere");
      await configure("one", "--export", "--yes");
      assert.match(textOf("one"), new RegExp(`"${btoa("me:hush-2")}"`));
      assert.equal(await stored(), "{}\n");
    });
  }

  it("--undo keeps a login that Docker uses with another config, until --export", async () => {
    await configure("one", "--import");
    user.write("two/config.json", "{}\n");
    await configure("two", "--all");
    await configure("one", "--undo");
    assert.equal(textOf("one"), original);
    assert.equal(await stored(), list);
    await configure("two", "--export", "--yes");
    assert.match(textOf("two"), /hub\.example\.com/);
    assert.equal(await stored(), "{}\n");
  });

  it("--undo reports a login that it can't restore, also if the config is gone", async () => {
    await configure("one", "--import");
    await user.erase(server);
    rmSync(pathOf("one"));
    const shown = (await configure("one", "--undo")).replaceAll(/\s+/g, " ");
    assert.match(
      shown,
      /does not exist, nothing to undo not restored: hub\.example\.com: no login to it is stored/,
    );
    assert.ok(!existsSync(pathOf("one")));
  });

  it("--undo removes a login if the other config is gone or names this helper for ECR only", async () => {
    await configure("one", "--import");
    await configure("two", "--import");
    rmSync(pathOf("two"));
    user.write("three/config.json", "{}\n");
    await configure("three", "public.ecr.aws");
    await configure("one", "--undo");
    assert.equal(textOf("one"), original);
    assert.equal(await stored(), "{}\n");
    await configure("two", "--undo");
    assert.ok(!existsSync(pathOf("two")));
  });
});
