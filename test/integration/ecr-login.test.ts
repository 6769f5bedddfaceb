import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/e2e/command.ts";
import { DockerConfig } from "../support/program/docker-config.ts";
import { programPath } from "../support/program/program.ts";
import { keys, otherRegistry, publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import { passTime, snapshot } from "../support/program/state.ts";

describe("replacing AWS's own helper", () => {
  const standing = useStanding();

  it("--replace-ecr-login replaces only ecr-login, and --undo restores it", async () => {
    const docker = new DockerConfig(standing.user());
    const before = `${JSON.stringify(
      {
        credsStore: "ecr-login",
        credHelpers: { [registry]: "ecr-login", [publicRegistry]: "ecr", [otherRegistry]: "pass" },
        auths: { "ghcr.io": { auth: "bWU6eA==" } },
      },
      null,
      2,
    )}\n`;
    docker.write(before);
    const shown = await docker.configure(["--replace-ecr-login", "--dry-run"]);
    assert.match(shown, /^- +"credsStore": "ecr-login",$/m);
    assert.equal(docker.text, before);
    assert.match(await docker.configure(["--replace-ecr-login"]), /for all registries of ecr-login\n/);
    const credHelpers = { [registry]: "ecr", [publicRegistry]: "ecr", [otherRegistry]: "pass" };
    assert.deepEqual(docker.json, { ...JSON.parse(before), credsStore: "ecr", credHelpers });
    assert.match(await docker.configure(["--replace-ecr-login"]), /nothing to change/);
    const undone = await docker.configure(["--undo"]);
    assert.equal(docker.text, before);
    assert.match(undone, new RegExp(`left, because .*: credHelpers for ${publicRegistry};`));
  });

  it("creates no file if there is nothing to replace", async () => {
    const user = standing.user();
    const docker = new DockerConfig(user);
    for (const args of [["--dry-run"], []])
      assert.match(
        await docker.configure(["--replace-ecr-login", ...args]),
        /config\.json: nothing to change\n$/,
      );
    assert.deepEqual(Object.keys(snapshot(user.home)), [""]);
  });

  it("explains its variables and its cache, if there are any", async () => {
    const user = standing.user();
    const docker = new DockerConfig(user);
    docker.write('{"credsStore":"ecr-login"}');
    assert.doesNotMatch(await docker.configure(["--replace-ecr-login", "--dry-run"]), /AWS_ECR|cache/);
    user.write(".ecr/cache.json", "{}");
    const AWS_ECR_IGNORE_CREDS_STORAGE = "true";
    const env = { AWS_ECR_DISABLE_CACHE: "1", AWS_ECR_IGNORE_CREDS_STORAGE };
    const shown = await docker.configure(["--replace-ecr-login"], { env });
    assert.match(
      shown,
      /^AWS_ECR_DISABLE_CACHE is set.*\nAWS_ECR_IGNORE_CREDS_STORAGE is set.*docker login works/m,
    );
    assert.match(shown, /\.ecr\/cache\.json.*remove it/);
    user.write("elsewhere/cache.json", "{}");
    const again = await docker.configure(["--replace-ecr-login"], {
      env: { AWS_ECR_CACHE_DIR: join(user.home, "elsewhere") },
    });
    assert.match(again, /AWS_ECR_CACHE_DIR is set.*\n.*elsewhere\/cache\.json.*remove it/);
  });

  it("--remove-stale-auths reports and removes ECR tokens, and --undo restores valid ones", async () => {
    const docker = new DockerConfig(standing.user());
    const expiration = Math.floor(Date.now() / 1000) + 3600;
    const token = { auth: btoa(`AWS:${btoa(JSON.stringify({ expiration }))}`) };
    const before = JSON.stringify({
      auths: { [registry]: token, [otherRegistry]: token, "ghcr.io": { auth: "bWU6eA==" } },
    });
    docker.write(before);
    assert.match(
      await docker.configure([registry]),
      new RegExp(`^a token for ${registry} \\(valid for 59m\\) is in .*--remove-stale-auths`, "m"),
    );
    const shown = await docker.configure(["--remove-stale-auths"]);
    assert.match(shown, new RegExp(`removed: a token for ${registry}`));
    assert.match(shown, /config\.json: written$/m);
    const { auths } = JSON.parse(before);
    assert.deepEqual(docker.json.auths, { ...auths, [registry]: {} });
    await docker.configure(["--undo"]);
    assert.equal(docker.text, before);
  });

  it("works in the same way under the name docker-credential-ecr-login", async () => {
    const user = standing.user(keys("alice"));
    mkdirSync(join(user.home, "bin"));
    const link = join(user.home, "bin/docker-credential-ecr-login");
    symlinkSync(programPath(), link);
    const asLogin = (args: readonly string[], input: string) =>
      run([link, ...args], { env: { ...user.env, PATH: "/" }, input });
    const cold = await asLogin(["get"], registry);
    assert.equal(cold.exitCode, 0, cold.story);
    assert.equal((await user.get(registry)).stdout, cold.stdout);
    assert.equal((await asLogin(["get"], registry)).stdout, cold.stdout);
    passTime(user, 12 * 3_600_000);
    assert.notEqual((await asLogin(["get"], registry)).stdout, cold.stdout);
    for (const args of [["version"], ["list"], ["frobnicate"], []] as const) {
      const [own, linked] = [await user.run(args, { input: "unused" }), await asLogin(args, "unused")];
      assert.deepEqual([linked.stdout, linked.exitCode], [own.stdout, own.exitCode ?? undefined]);
    }
    const login = JSON.stringify({ ServerURL: registry, Username: "AWS", Secret: "made-up" });
    assert.equal((await asLogin(["store"], login)).exitCode, 0);
    assert.equal(JSON.parse((await user.get(registry)).stdout).Secret, "made-up");
    assert.ok(Object.keys(snapshot(user.home, ".local")).length > 0);
  });
});
