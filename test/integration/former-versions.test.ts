import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version as ownVersion } from "../../package.json";
import {
  dockerConfig,
  dockerConfigBefore,
  type FormerState,
  failedRegistry,
  hasHome,
  inHome,
  loggedInRegistry,
  placeState,
} from "../support/program/former-state.ts";
import { root } from "../support/program/guide.ts";
import { otherRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { hour, passTime, snapshot } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";

const folder = join(root, "test/states");
const states: readonly FormerState[] = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(join(folder, name), "utf8")),
);
const abroad = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";
const itWithHome = hasHome ? it : it.skip;
const state = ".local/state/docker-credential-ecr";

describe("the files of each released version", () => {
  it("are in test/states", () => {
    const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
    const released = [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version]) => version);
    const kept = states.map(({ version }) => version);
    for (const version of released.length === 0 ? [ownVersion] : released) {
      assert.ok(kept.includes(version ?? ""), `${version}: node scripts/bun.mjs scripts/record-state.ts`);
    }
  });
});

for (const former of states) {
  describe(`with the files of version ${former.version}`, function () {
    this.timeout(300_000);
    const standing = useStanding({}, "proxy");
    let user: User;
    beforeEach(() => {
      user = standing.user();
      placeState(user, former);
    });

    const run = (...args: readonly string[]) => user.run(args, inHome(user));
    const get = (host: string) => user.get(host, inHome(user));
    const secretOf = async (host: string) => {
      const { stdout, stderr } = await get(host);
      assert.equal(stderr, "");
      return JSON.parse(stdout).Secret;
    };
    const calls = () => standing.count("GetAuthorizationToken");

    itWithHome(
      "stored tokens are returned without a request, also those of replication targets",
      async () => {
        const tokens = [];
        for (const host of [registry, otherRegistry, westRegistry, abroad]) tokens.push(await secretOf(host));
        for (const token of tokens) assert.match(token, /^token-of-tests-\d$/);
        assert.equal(new Set(tokens).size, 4);
        assert.equal(standing.calls(), 0);
      },
    );

    itWithHome("an expired token is not returned", async () => {
      passTime(user, 6 * hour);
      assert.doesNotMatch(await secretOf(registry), /tests/);
      assert.equal(calls(), 1);
    });

    itWithHome("no login is lost: to ECR, and to another registry", async () => {
      assert.equal(await secretOf(loggedInRegistry), "login-of-tests-to-ecr");
      assert.equal(await secretOf("ghcr.io"), "login-of-tests");
      assert.equal(JSON.parse((await run("list")).stdout)["ghcr.io"], "me");
      await user.erase(loggedInRegistry, inHome(user));
      assert.doesNotMatch(await secretOf(loggedInRegistry), /tests/);
    });

    itWithHome("status knows the failing renewals, the failed get and the login", async () => {
      const { registries } = JSON.parse((await run("status", "--json")).stdout);
      const row = (host: string) => registries.find((each: { registry: string }) => each.registry === host);
      for (const host of [registry, otherRegistry, westRegistry, abroad]) {
        assert.equal(row(host).lastError.code, "AWS_FAULT", host);
        assert.ok(row(host).failingSince, host);
      }
      assert.equal(row(failedRegistry).lastError.code, "AWS_FAULT");
      assert.match((await run("status")).stdout, new RegExp(`^${loggedInRegistry} +docker login `, "m"));
    });

    itWithHome("the daemon renews the tokens, and continues the counters", async () => {
      passTime(user, hour);
      const pass = await run("daemon", "--once");
      assert.deepEqual([pass.exitCode, pass.stderr], [0, ""]);
      assert.equal(calls(), 4);
      for (const host of [registry, abroad]) assert.doesNotMatch(await secretOf(host), /tests/);
      const metrics = (await run("status", "--prometheus")).stdout;
      assert.match(metrics, /^docker_credential_ecr_renewal_failures_total\{[^}]*us-west-2[^}]*\} 1$/m);
      assert.match(metrics, /^docker_credential_ecr_renewals_total\{[^}]*us-west-2[^}]*\} 2$/m);
      const output = readFileSync(join(user.home, "output/config.json"), "utf8");
      assert.equal(Object.keys(JSON.parse(output).auths).length, 4);
      assert.ok(!output.includes(btoa("AWS:token-of-tests-1")));
    });

    itWithHome("configure-docker --undo restores Docker's config", async () => {
      assert.equal((await run("configure-docker", "--undo")).exitCode, 0);
      assert.equal(readFileSync(join(user.home, dockerConfig), "utf8"), dockerConfigBefore);
    });

    itWithHome("config.yaml is valid", async () => {
      assert.deepEqual((await run("config", "check")).exitCode, 0);
    });
  });

  describe(`with the files of a version after ${former.version}, after a downgrade`, function () {
    this.timeout(300_000);
    const standing = useStanding({}, "proxy");
    let user: User;

    /** Each format has the next number, and more content. */
    const newer = (text: string, path: string) => {
      if (path.endsWith(".entry"))
        return text
          .replace(/^(docker-credential-ecr) (\d+)/, (_, name, format) => `${name} ${Number(format) + 1}`)
          .replace(/^username/m, "new-condition x\nusername");
      if (path.startsWith(state))
        return text.replace(
          /^\{"format":(\d+),/,
          (_, format) => `{"format":${Number(format) + 1},"new":[{}],`,
        );
      return text;
    };
    beforeEach(() => {
      user = standing.user();
      placeState(user, former, newer);
    });

    const run = (...args: readonly string[]) => user.run(args, inHome(user));
    const logins = () =>
      Object.fromEntries(
        ["logins", "sealed", "keys", "clients"].map((part) => [part, snapshot(user.state, part)]),
      );

    itWithHome("a get works, and no command changes or removes a login or an undo record", async () => {
      const before = logins();
      const { stdout, exitCode } = await user.get(registry, inHome(user));
      assert.equal(exitCode, 0);
      assert.equal(JSON.parse(stdout).Username, "AWS");
      assert.equal(standing.count("GetAuthorizationToken"), 1);
      for (const args of [
        ["status"],
        ["registries"],
        ["refresh"],
        ["daemon", "--once"],
        ["list"],
        ["doctor"],
      ]) {
        const ran = await run(...args);
        assert.ok(ran.exitCode === 0 || /\[[A-Z_]+\]|failed/.test(ran.stdout + ran.stderr), args.join(" "));
        assert.doesNotMatch(ran.stderr, /UNEXPECTED/, args.join(" "));
      }
      assert.deepEqual(logins(), before);
    });

    itWithHome("a login that this version can't read is reported or answered, and stays", async () => {
      const before = logins();
      for (const host of [loggedInRegistry, "ghcr.io"]) {
        const { stdout, stderr, exitCode } = await user.get(host, inHome(user));
        if (exitCode === 0) assert.equal(JSON.parse(stdout).Username, "AWS", host);
        else assert.match(stderr, /\[LOGIN_[A-Z]+\]\n$/, host);
      }
      const { stderr, exitCode } = await user.store("quay.io", "me", "login-of-tests", inHome(user));
      assert.equal(exitCode, 1, "a key of its own would make the stored logins unreadable");
      assert.match(stderr, /\[LOGIN_KEY\]\n$/);
      assert.deepEqual(logins(), before);
    });

    itWithHome(
      "a config.yaml of a newer version is refused with its line, and a stored token is still returned",
      async () => {
        placeState(user, former);
        const config = readFileSync(join(user.home, configPath), "utf8");
        user.write(configPath, config.replace("version: 1", "version: 2"));
        const check = await run("config", "check");
        assert.equal(check.exitCode, 1);
        assert.match(check.stderr + check.stdout, /config\.yaml:1\b.*version/);
        const { stdout } = await user.get(registry, inHome(user));
        assert.equal(JSON.parse(stdout).Secret.slice(0, 15), "token-of-tests-");
      },
    );
  });
}
