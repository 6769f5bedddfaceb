import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { DockerConfig } from "../support/program/docker-config.ts";
import { useStanding } from "../support/program/standing.ts";
import { configPath, type User } from "../support/program/user.ts";

const login = (secret: string) => ({ auth: btoa(`me:${secret}`) });
const tokenOf = (account: number, expiresAt: number) => {
  const token = { payload: "x".repeat(1_500), account, expiration: Math.floor(expiresAt / 1000) };
  return { auth: btoa(`AWS:${btoa(JSON.stringify(token))}`) };
};
const fileOf = (auths: Record<string, unknown>, more: object = {}) =>
  `${JSON.stringify({ auths, ...more }, null, 2)}\n`;

describe("a config.json with many logins", function () {
  this.timeout(300_000);
  const standing = useStanding();
  let user: User;
  let docker: DockerConfig;
  beforeEach(() => {
    user = standing.user();
    docker = new DockerConfig(user);
    user.write(configPath, "version: 1\nfallback: file\n");
  });

  it("is given back by --undo, though what that needs to know is larger than other files of this program", async () => {
    const auths: Record<string, unknown> = {};
    for (let at = 0; at < 150; at++)
      auths[`https://h${at}.example.com/${"p".repeat(1_500)}/v1/`] = login(`hush-${at}`);
    for (let at = 0; at < 400; at++)
      auths[`${100_000_000_000 + at}.dkr.ecr.us-east-1.amazonaws.com`] = tokenOf(at, Date.now() + 3_600_000);
    const text = fileOf(auths);
    docker.write(text);
    await docker.configure(["--import"]);
    assert.equal(docker.json.credsStore, "ecr");
    assert.doesNotMatch(docker.text, /"auth":/);
    const shown = await docker.configure(["--undo"]);
    assert.doesNotMatch(shown, /not restored/);
    assert.equal(docker.text, text);
    assert.ok(!existsSync(`${docker.path}.before-ecr`));
    assert.equal((await user.list()).stdout, "{}\n");
  });

  it("gives another helper its place back", async () => {
    const auths: Record<string, unknown> = {};
    for (let at = 0; at < 500; at++)
      auths[`${100_000_000_000 + at}.dkr.ecr.us-east-1.amazonaws.com`] = tokenOf(at, Date.now() + 3_600_000);
    const text = fileOf(auths, { credsStore: "pass" });
    docker.write(text);
    await docker.configure(["--all", "--replace", "--remove-stale-auths"]);
    await docker.configure(["--undo"]);
    assert.equal(docker.text, text);
  });

  it("is refused for --import beyond a thousand, before anything is done", async () => {
    const auths: Record<string, unknown> = {};
    for (let at = 0; at < 1_001; at++) auths[`h${at}.example.com`] = login(`hush-${at}`);
    docker.write(fileOf(auths));
    await docker.refuses(["--import"], "IMPORT_TOO_MANY", "1001 logins");
    assert.ok(!existsSync(`${user.state}/sealed`));
  });

  it("is refused with names that fit a line", async () => {
    const auths: Record<string, unknown> = {};
    for (let at = 0; at < 20_000; at++) auths[`h${at}.example.com`] = { auth: "bWU6aHVzaA==" };
    docker.write(JSON.stringify({ auths }));
    for (const [args, code] of [
      [["--import"], "IMPORT_TOO_MANY"],
      [["--all"], "DOCKER_CONFIG_TAKEN"],
    ] as const) {
      const ran = await user.run(["configure-docker", ...args]);
      assert.equal(ran.exitCode, 1);
      assert.match(ran.stderr, new RegExp(`^docker-credential-ecr: .{1,2000} \\[${code}\\]\\n$`));
    }
  });
});
