import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { keys, registry, useStanding } from "../support/program/standing.ts";
import { configPath, type User, type Variables } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const state = ".local/state/docker-credential-ecr";

/** Files below HOME that one of the commands reads or writes. */
const PLACES: readonly (readonly [path: string, env?: (path: string) => Variables])[] = [
  [".docker/config.json"],
  [configPath],
  [".aws/config"],
  [".aws/credentials"],
  [`${state}/log`],
  [`${state}/refresher.json`],
  [`${state}/at-rest.json`],
  [`${state}/replication.json`],
  [`${state}/locks/daemon`],
  [`${state}/tokens/${registry}.json`],
  [`${state}/logins/${registry}.json`],
  ["bundle.pem", (path) => ({ AWS_CA_BUNDLE: path })],
  ["token", (path) => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path })],
  ["web-token", (path) => ({ AWS_WEB_IDENTITY_TOKEN_FILE: path })],
];

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["refresh"],
  ["registries"],
  ["doctor"],
  ["configure-docker", registry, "--dry-run"],
  ["configure-docker", registry],
  ["daemon", "--once"],
  ["list"],
];

describe("a pipe that no process writes to", function () {
  this.timeout(120_000);
  const standing = useStanding();

  for (const [path, envOf] of PLACES) {
    it(`at ${path} hangs no command`, async () => {
      const user = standing.user(keys("alice"));
      answered(await user.get(registry), registry);
      const full = pipeAt(user, path);
      Object.assign(user.env, envOf?.(full));
      for (const args of COMMANDS) await user.run(args, { input: "" });
      await user.get(registry);
      // What has to ask AWS, too.
      rmSync(join(user.home, state, "tokens"), { recursive: true, force: true });
      rmSync(join(user.home, state, "authorizations"), { recursive: true, force: true });
      await user.get(registry);
    });
  }

  it("at the path of the 'aws login' cache is reported at once", async () => {
    const session = "arn:aws:iam::111122223333:user/alice";
    const user = standing.user();
    user.writeAwsConfig({ default: { login_session: session } });
    const name = new Bun.CryptoHasher("sha256").update(session).digest("hex");
    pipeAt(user, `.aws/login/cache/${name}.json`);
    const { stderr } = await user.get(registry);
    assert.match(stderr, /\.json is not a plain file\. Fix: .* \[LOGIN_EXPIRED\]\n$/);
  });

  it("at the log's path prevents no token", async () => {
    const user = standing.user(keys("alice"));
    pipeAt(user, `${state}/log`);
    const ran = await user.get(registry);
    answered(ran, registry);
    assert.equal(ran.stderr, "");
  });
});

function pipeAt(user: User, path: string): string {
  const full = join(user.home, path);
  mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
  rmSync(full, { force: true });
  execFileSync("mkfifo", ["-m", "600", full]);
  return full;
}
