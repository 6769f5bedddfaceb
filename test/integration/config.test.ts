import assert from "node:assert/strict";
import { chmodSync, lchownSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { otherUserId } from "../support/fakes/temp-folder.ts";
import { ownMounts, shell } from "../support/program/namespace.ts";
import { keys, member, registry, useStanding } from "../support/program/standing.ts";
import { hour, logOf, passTime } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered, notFound, silent, told } from "../support/program/verdicts.ts";

const foreign = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
describe("config.yaml", () => {
  const standing = useStanding();

  /** Somebody whose environment says mallory, who may do nothing, and whose config says alice. */
  function userWith(config: string): User {
    const user = standing.user(keys("mallory"));
    user.writeAwsKeys({ alice: member("alice") });
    user.write(configPath, `version: 1\n${config}`);
    return user;
  }

  const aliceAndRole = `
identities:
  alice: { profile: alice }
  pull: { roleArn: "arn:aws:iam::{account}:role/ecr-pull", source: alice }
registries:
  - account: "111122223333"
    identity: alice
  - account: "*"
    identity: pull
`;

  const principals = () =>
    standing.aws.controls
      .log()
      .filter(({ operation }) => operation === "GetAuthorizationToken")
      .map(({ principal }) => /(?:user|assumed-role)\/[\w-]+/.exec(principal ?? "")?.[0]);

  it("sets the identity of registries, regardless of the environment, and their token is shared", async () => {
    const user = userWith(aliceAndRole);
    answered(await user.get(registry), registry);
    answered(await user.get(foreign), foreign);
    assert.deepEqual(principals(), ["user/alice", "assumed-role/ecr-pull"]);
    standing.aws.controls.reset();
    for (const env of [keys("bob"), { AWS_PROFILE: "nobody" }, {}]) {
      answered(await user.get(registry, { env }), registry);
      answered(await user.get(foreign, { env }), foreign);
    }
    assert.equal(standing.calls(), 0);
  });

  it("that changes the identity returns no token of the previous one; reverting needs no call", async () => {
    const user = userWith(aliceAndRole);
    const alices = answered(await user.get(registry), registry);
    user.write(configPath, "version: 1\n");
    told(await user.get(registry), "ACCESS_DENIED", registry, "mallory");
    user.write(configPath, `version: 1\n${aliceAndRole}`);
    standing.aws.controls.reset();
    assert.equal(answered(await user.get(registry), registry), alices);
    assert.equal(standing.calls(), 0);
  });

  it("that is invalid still allows valid tokens, and is reported if there is none", async () => {
    const user = userWith(aliceAndRole);
    const alices = answered(await user.get(registry), registry);
    user.write(configPath, "version: 1\nidentites: {}\n");
    assert.equal(answered(await user.get(registry), registry), alices);
    assert.match(logOf(user), /config\.yaml:2:1: .*identities/);
    told(await user.get(foreign), "CONFIG_INVALID", "config.yaml:2:1", "identities");
    told(await user.get("registry.example.com"), "CONFIG_INVALID", "config.yaml:2:1");
  });

  it("that other users can write is refused", async () => {
    const user = userWith(aliceAndRole);
    chmodSync(`${user.home}/${configPath}`, 0o666);
    told(await user.get(registry), "CONFIG_WRITABLE", "config.yaml");
    assert.equal(standing.calls(), 0);
  });

  it("sets an alias of a registry, for exactly that name", async () => {
    const user = userWith(`${aliceAndRole}aliases:\n  images.example.com: ${registry}\n`);
    const secret = answered(await user.get("images.example.com"), "images.example.com");
    assert.equal(answered(await user.get(registry), registry), secret);
    assert.deepEqual(principals(), ["user/alice"]);
    standing.aws.controls.reset();
    assert.equal(
      answered(await user.get("https://images.example.com/app"), "https://images.example.com/app"),
      secret,
    );
    for (const other of ["x.images.example.com", "images.example.com.evil.example", "example.com"]) {
      notFound(await user.get(other));
    }
    assert.equal(standing.calls(), 0);
    user.write(configPath, `version: 1\n${aliceAndRole}`);
    notFound(await user.get("images.example.com"));
  });

  it("that is invalid ends no request of Bazel or kubelet for another host, and an alias's token is returned", async () => {
    const user = userWith(`${aliceAndRole}aliases:\n  images.example.com: ${registry}\n`);
    const secret = answered(await user.get("images.example.com"), "images.example.com");
    user.write(configPath, "version: 1\nidentites: {}\n");
    standing.aws.controls.reset();
    const bazel = (host: string) =>
      user.run(["get"], { input: JSON.stringify({ uri: `https://${host}/v2/` }) });
    const kubelet = (host: string) => {
      const apiVersion = "credentialprovider.kubelet.k8s.io/v1";
      const request = { apiVersion, kind: "CredentialProviderRequest", image: `${host}/app` };
      return user.run(["kubelet"], { input: JSON.stringify(request) });
    };
    for (const [ask, key] of [
      [bazel, "headers"],
      [kubelet, "auth"],
    ] as const) {
      const other = await ask("github.com");
      assert.equal(other.exitCode, 0, other.stderr);
      assert.deepEqual(JSON.parse(other.stdout)[key], {});
      assert.match(other.stderr, /config\.yaml:2:1.*\[CONFIG_INVALID\]\n$/);
      const aliased = await ask("images.example.com");
      assert.equal(aliased.stderr, "");
      const encoded = Buffer.from(`AWS:${secret}`).toString("base64");
      assert.ok([secret, encoded].some((text) => aliased.stdout.includes(text)));
    }
    assert.equal(standing.calls(), 0);
  });

  it("allows login, list and logout with an alias", async () => {
    const user = userWith(`${aliceAndRole}fallback: none\naliases:\n  images.example.com: ${registry}\n`);
    silent(await user.store("images.example.com", "AWS", "made-up secret"));
    assert.deepEqual(JSON.parse((await user.list()).stdout), { "images.example.com": "AWS" });
    silent(await user.erase("images.example.com"));
    answered(await user.get("images.example.com"), "images.example.com");
    const other = await user.store("other.example.com", "me", "made-up secret");
    told(other, "FALLBACK_NONE", "other.example.com");
  });

  it("that another user could replace is refused, also if it is a link to this user's file", async function () {
    if (process.geteuid?.() !== 0) this.skip();
    const user = userWith(aliceAndRole);
    const path = join(user.home, configPath);
    const folder = dirname(path);
    chmodSync(folder, 0o777);
    told(await user.get(registry), "CONFIG_WRITABLE", `chmod go-w ${folder}`);
    const own = join(user.home, "older-config.yaml");
    renameSync(path, own);
    symlinkSync(own, path);
    lchownSync(path, otherUserId, otherUserId);
    told(await user.get(registry), "CONFIG_WRITABLE", "config.yaml", "other users can write");
    chmodSync(folder, 0o755);
    told(await user.get(registry), "CONFIG_WRITABLE", "config.yaml", "user 12345");
    assert.equal(standing.calls(), 0);
  });

  it("in a folder of mode 0777 on a read-only disk is used, as Kubernetes mounts a ConfigMap", async function () {
    if (process.geteuid?.() !== 0 || ownMounts() === undefined) this.skip();
    const user = userWith(aliceAndRole);
    const folder = dirname(join(user.home, configPath));
    chmodSync(folder, 0o777);
    const mount = `mount --bind "${folder}" "${folder}" && mount -o remount,bind,ro "${folder}" && exec "$@"`;
    const got = await user.get(registry, { through: ["unshare", "-m", ...shell(mount)] });
    answered(got, registry);
    assert.deepEqual(principals(), ["user/alice"]);
  });

  it("sets the minimum remaining lifetime of a token", async () => {
    standing.aws.controls.set({ tokenLifeSeconds: 4 * 3600 });
    const user = userWith(`minValidity: 30m\n${aliceAndRole}`);
    const first = answered(await user.get(registry), registry);
    user.write(configPath, `version: 1\nminValidity: 1h\n${aliceAndRole}`);
    assert.equal(answered(await user.get(registry), registry), first);
    assert.deepEqual(principals(), ["user/alice"]);
  });

  it("that raises that lifetime renews a stored token with less left", async () => {
    const user = userWith(`minValidity: 1h\n${aliceAndRole}`);
    const first = answered(await user.get(registry), registry);
    passTime(user, 8 * hour);
    assert.equal(answered(await user.get(registry), registry), first);
    user.write(configPath, `version: 1\nminValidity: 5h\n${aliceAndRole}`);
    const second = answered(await user.get(registry), registry);
    assert.notEqual(second, first);
    assert.equal(answered(await user.get(registry), registry), second);
    assert.deepEqual(principals(), ["user/alice", "user/alice"]);
  });
});
