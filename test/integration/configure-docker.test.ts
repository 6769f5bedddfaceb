import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { itAsRoot, modeOf, otherUserId } from "../support/fakes/temp-folder.ts";
import { DockerConfig, oddConfig } from "../support/program/docker-config.ts";
import { publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { snapshot } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";

describe("configure-docker", () => {
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;

  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
  });

  it("with hosts writes credHelpers, into a file that only its user can read", async () => {
    await docker.configure([registry, publicRegistry]);
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr", [publicRegistry]: "ecr" } });
    assert.equal(modeOf(docker.path), "0600");
    assert.deepEqual(readdirSync(join(user.home, ".docker")), ["config.json"]);
  });

  it("with --all writes credsStore", async () => {
    await docker.configure(["--all"]);
    assert.deepEqual(docker.json, { credsStore: "ecr" });
  });

  it("accepts several forms of a host, and writes the one that Docker uses", async () => {
    await docker.configure([`https://${registry.toUpperCase()}/team/app:1`]);
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr" } });
  });

  it("changes nothing the second time", async () => {
    await docker.configure([registry]);
    const before = snapshot(user.home);
    assert.match(await docker.configure([registry]), /nothing to change/);
    assert.deepEqual(snapshot(user.home), before);
  });

  it("--dry-run shows the changed lines and changes nothing", async () => {
    docker.write(oddConfig);
    const before = snapshot(user.home);
    const shown = await docker.configure([registry, "--dry-run"]);
    assert.match(shown, new RegExp(`^\\+\\t\\t"${registry}": "ecr"$`, "m"));
    assert.ok(shown.includes(docker.path));
    assert.deepEqual(snapshot(user.home), before);
  });

  it("--dry-run shows no login of the same file", async () => {
    const auth = Buffer.from("me:test-docker-password").toString("base64");
    const before = { auths: { "registry.example.com": { auth, identitytoken: "test-docker-token" } } };
    docker.write(JSON.stringify(before, undefined, 2));
    for (const args of [["--all", "--replace"], [registry]]) {
      const shown = await docker.configure([...args, "--dry-run"]);
      assert.ok(!shown.includes(auth) && !shown.includes("test-docker-token"), shown);
    }
  });

  it("--dry-run shows no header or proxy of the same file, even on the same line", async () => {
    const before = {
      HttpHeaders: { Authorization: "Bearer test-docker-secret" },
      proxies: { default: { httpProxy: "http://u:test-docker-secret@proxy:3128" } },
    };
    for (const indent of [undefined, 2]) {
      docker.write(JSON.stringify(before, undefined, indent));
      for (const args of [["--all"], [registry]]) {
        const shown = await docker.configure([...args, "--dry-run"]);
        assert.match(shown, /^\+.*cred/m);
        assert.ok(!shown.includes("test-docker-secret"), shown);
        if (indent) assert.doesNotMatch(shown, /^ /m);
      }
    }
  });

  it("--all hides logins in the file only with --replace, and keeps them there", async () => {
    const before = '{\n  "auths": {\n    "registry.example.com": {\n      "auth": "eDp5"\n    }\n  }\n}\n';
    docker.write(before);
    await docker.refuses(["--all"], "DOCKER_CONFIG_TAKEN", "registry.example.com", "--replace");
    await docker.configure(["--all", "--replace"]);
    assert.deepEqual(docker.json, { ...JSON.parse(before), credsStore: "ecr" });
    await docker.configure(["--undo"]);
    assert.equal(docker.text, before);
  });

  itAsRoot("under sudo says whose file it is about to write", async () => {
    const SUDO_USER = "ann";
    assert.match(
      await docker.configure([registry, "--dry-run"], { env: { SUDO_USER } }),
      /belongs to root: for programs that ann runs/,
    );
    assert.doesNotMatch(await docker.configure([registry, "--dry-run"]), /sudo/);
  });

  itAsRoot("writes nothing in another user's HOME, who could lead it elsewhere", async () => {
    chownSync(user.home, otherUserId, otherUserId);
    for (const args of [[registry], [registry, "--dry-run"], ["--undo"]]) {
      const { stderr, exitCode } = await user.run(["configure-docker", ...args], {
        env: { SUDO_USER: "ann" },
      });
      assert.equal(exitCode, 1);
      assert.match(stderr, /belongs to user 12345.*run this as that user.* \[CLIENT_UNSAFE\]\n$/);
    }
    assert.deepEqual(readdirSync(user.home), []);
  });

  it("--dry-run creates no file", async () => {
    const shown = await docker.configure(["--all", "--dry-run"]);
    assert.match(shown, /credsStore/);
    assert.deepEqual(readdirSync(user.home), []);
  });

  it("uses DOCKER_CONFIG", async () => {
    const folder = join(user.home, "elsewhere");
    await docker.configure([registry], { env: { DOCKER_CONFIG: folder } });
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "config.json"), "utf8")).credHelpers, {
      [registry]: "ecr",
    });
    assert.equal(existsSync(docker.path), false);
    await docker.configure(["--undo"], { env: { DOCKER_CONFIG: folder } });
    assert.equal(existsSync(join(folder, "config.json")), false);
  });

  it("follows a symbolic link, and keeps it", async () => {
    const real = user.write("dotfiles/docker.json", oddConfig);
    mkdirSync(join(user.home, ".docker"));
    symlinkSync("../dotfiles/docker.json", docker.path);
    await docker.configure([registry]);
    assert.equal(readlinkSync(docker.path), "../dotfiles/docker.json");
    assert.ok(lstatSync(real).isFile());
    assert.equal(docker.json.credHelpers[registry], "ecr");
    assert.deepEqual(readdirSync(join(user.home, "dotfiles")), ["docker.json"]);
    await docker.configure(["--undo"]);
    assert.equal(readFileSync(real, "utf8"), oddConfig);
  });

  it("follows a dangling symbolic link, and keeps it", async () => {
    mkdirSync(join(user.home, ".docker"));
    symlinkSync("../dotfiles/docker.json", docker.path);
    await docker.configure([registry]);
    assert.equal(readlinkSync(docker.path), "../dotfiles/docker.json");
    assert.deepEqual(docker.json, { credHelpers: { [registry]: "ecr" } });
    await docker.configure(["--undo"]);
    assert.equal(readlinkSync(docker.path), "../dotfiles/docker.json");
    assert.equal(existsSync(join(user.home, "dotfiles")), false);
  });

  it("keeps the file's mode", async () => {
    docker.write(oddConfig);
    chmodSync(docker.path, 0o640);
    await docker.configure([registry]);
    assert.equal(modeOf(docker.path), "0640");
  });

  it("refuses a file that is read-only", async () => {
    docker.write(oddConfig);
    chmodSync(docker.path, 0o444);
    await docker.refuses([registry], "CLIENT_FILE", docker.path);
  });

  for (const [what, broken] of [
    ["not JSON", '{"auths": {},,}'],
    ["JSON with comments", '{ // mine\n  "auths": {}\n}'],
    ["a list", "[]"],
    ["of another shape", '{"credHelpers": ["ecr"]}'],
  ] as const) {
    it(`refuses a file that is ${what}, and does not change it`, async () => {
      docker.write(broken);
      await docker.refuses([registry], "DOCKER_CONFIG_SYNTAX");
      await docker.refuses(["--all", "--replace"], "DOCKER_CONFIG_SYNTAX");
      await docker.refuses(["--undo"], "DOCKER_CONFIG_SYNTAX");
    });
  }

  it("refuses hosts outside ECR, and contradictory options", async () => {
    await docker.refuses(["registry.example.com"], "NOT_ECR", "registry.example.com");
    await docker.refuses([registry, `${registry}.example.com`], "NOT_ECR");
    await docker.refuses([`me@${registry}`], "NOT_ECR");
    await docker.refuses(["--all", registry], "USAGE");
    const unknown = await user.run(["configure-docker", "--frobnicate"]);
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.stderr, /unknown option '--frobnicate'/);
    assert.deepEqual(readdirSync(user.home), []);
  });

  it("shows its usage", async () => {
    const { stdout, exitCode } = await user.run(["configure-docker", "--help"]);
    assert.equal(exitCode, 0);
    for (const word of ["--all", "--dry-run", "--undo", "--replace", "Examples:"])
      assert.ok(stdout.includes(word), word);
  });
});
