import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { matchesGolden } from "../support/program/golden.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { atTerminal, folded, plain } from "../support/program/screen.ts";
import { keys, otherRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { hour, passTime } from "../support/program/state.ts";
import { configPath, type User, type UserRunOptions } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const one = "111122223333";
const both = aliceKeeps(one, "us-east-1, us-west-2");
const failing = { status: 400, code: "AccessDeniedException", region: "us-west-2" };

/** The secrets of a Docker config.json by host. */
function secretsIn(text: string): Record<string, string> {
  const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string }> };
  return Object.fromEntries(
    Object.entries(auths).map(([host, { auth, ...rest }]) => {
      assert.deepEqual(rest, {});
      const [username, secret = ""] = Buffer.from(auth, "base64").toString().split(/:(.*)/s);
      assert.equal(username, "AWS");
      return [host, secret];
    }),
  );
}

/** All but the moment at which it ends, which is reckoned anew each time. */
const dataOf = (text: string) => text.replace(/expires-at: .*/, "");

describe("export", () => {
  const standing = useStanding();
  const docker = (user: User, args: string[] = [], options?: UserRunOptions) =>
    user.run(["export", "--format", "docker-config", ...args], options);
  const secret = (user: User, args: string[] = [], options?: UserRunOptions) =>
    user.run(["export", "--format", "kubernetes-secret", ...args], options);

  it("prints the tokens of all managed registries and their aliases, in the form of Docker's logins", async () => {
    const user = keeper(standing, `${both}aliases: { images.example.com: ${registry} }\n`);
    const { stdout, stderr, exitCode } = await docker(user);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const secrets = secretsIn(stdout);
    assert.deepEqual(Object.keys(secrets), [registry, westRegistry, "images.example.com"]);
    for (const host of [registry, westRegistry])
      assert.ok(answered(await user.get(host), host) === secrets[host]);
    assert.ok(secrets["images.example.com"] === secrets[registry]);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("exports named registries, managed or not, with this environment", async () => {
    const user = keeper(standing, both);
    const { stdout } = await docker(user, [otherRegistry, registry, registry], { env: keys("bob") });
    assert.deepEqual(Object.keys(secretsIn(stdout)).sort(), [registry, otherRegistry].sort());
    for (const args of [["example.com"], [registry, "example.com"]]) {
      const refused = await docker(user, args);
      assert.deepEqual([refused.exitCode, refused.stdout], [1, ""]);
      assert.match(refused.stderr, /\[NOT_ECR\]\n$/);
    }
  });

  it("refreshes only tokens with too little lifetime left", async () => {
    const user = keeper(standing, aliceKeeps(one).replace("1s", "2h"));
    const first = secretsIn((await docker(user)).stdout)[registry];
    assert.ok(secretsIn((await docker(user)).stdout)[registry] === first);
    passTime(user, 9 * hour);
    assert.ok(secretsIn((await docker(user)).stdout)[registry] === first);
    assert.ok(secretsIn((await docker(user, ["--min-validity", "6h"])).stdout)[registry] !== first);
    passTime(user, 11 * hour);
    await docker(user);
    assert.equal(standing.count("GetAuthorizationToken"), 3);
    const long = await docker(user, ["--min-validity", "24h"]);
    assert.deepEqual([long.exitCode, long.stdout], [1, ""]);
    assert.match(long.stderr, /\[LIFE_TOO_SHORT\]\n$/);
  });

  it("writes no output if one token can't be fetched", async () => {
    const user = keeper(standing, both);
    standing.aws.controls.fail("GetAuthorizationToken", failing);
    const path = user.write("auth.json", "{}");
    for (const args of [[], ["--output", path]]) {
      const { stdout, stderr, exitCode } = await docker(user, args);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(
        stderr,
        /^docker-credential-ecr: no ECR token for 111122223333\S+us-west-2.* \[ACCESS_DENIED\]\n$/,
      );
    }
    assert.equal(readFileSync(path, "utf8"), "{}");
  });

  it("reports skipped registries, and if there are no managed registries", async () => {
    const user = keeper(standing, aliceKeeps(one));
    answered(await user.get(otherRegistry, { env: keys("bob") }), otherRegistry);
    const { stdout, stderr, exitCode } = await docker(user);
    assert.deepEqual([exitCode, Object.keys(secretsIn(stdout))], [0, [registry]]);
    assert.match(stderr, /^docker-credential-ecr: 444455556666.* \[KEYS_IN_ENVIRONMENT\]\n$/);
    assert.match((await docker(keeper(standing))).stderr, /\[NOTHING_KEPT\]\n$/);
    user.write(configPath, "version: 1\nidentites: {}\n");
    assert.match((await docker(user, [registry])).stderr, /\[CONFIG_INVALID\]\n$/);
  });

  it("--output - is stdout", async () => {
    const user = keeper(standing, both);
    const { stdout } = await docker(user, ["--output", "-"], { cwd: user.home });
    assert.deepEqual(Object.keys(secretsIn(stdout)), [registry, westRegistry]);
    assert.ok(!existsSync(`${user.home}/-`));
  });

  it("--output requires a file name, and never removes a folder", async () => {
    const user = keeper(standing, both);
    assert.match((await docker(user, ["--output", ""])).stderr, /\[USAGE\]\n$/);
    mkdirSync(join(user.home, "out"), { mode: 0o700 });
    const { stderr } = await docker(user, ["--output", join(user.home, "out")]);
    assert.match(stderr, /\/out is a folder\. Fix: choose a file.* \[OUTPUT_FILE\]\n$/);
  });

  it("creates a Secret with its expiry", async () => {
    const user = keeper(standing, both);
    const { stdout, exitCode } = await secret(user, ["--namespace", "ci", "--name", "ecr.pull"]);
    assert.equal(exitCode, 0);
    const { data, metadata, ...rest } = parse(stdout);
    assert.deepEqual(rest, { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/dockerconfigjson" });
    const { annotations, labels, ...place } = metadata;
    assert.deepEqual(place, { name: "ecr.pull", namespace: "ci" });
    assert.deepEqual(labels, { "app.kubernetes.io/managed-by": "docker-credential-ecr" });
    const end = Date.parse(annotations["docker-credential-ecr/expires-at"]);
    assert.ok(Math.abs(end - Date.now() - 12 * hour) < 60_000, annotations);
    const config = Buffer.from(data[".dockerconfigjson"], "base64").toString();
    assert.ok(config === (await docker(user)).stdout);
    assert.deepEqual(parse((await secret(user)).stdout).metadata.name, "ecr-login");
  });

  it("refuses names that Kubernetes would refuse, before it sends a request", async () => {
    const user = keeper(standing, both);
    for (const args of [
      ["--name", "Ecr"],
      ["--name", ""],
      ["--namespace", "a.b"],
      ["--namespace", "x".repeat(64)],
    ]) {
      assert.match((await secret(user, args)).stderr, /\[USAGE\]\n$/, args.join(" "));
    }
    assert.match((await docker(user, ["--name", "a"])).stderr, /\[USAGE\]\n$/);
    assert.equal((await user.run(["export"])).exitCode, 1);
    assert.equal((await user.run(["export", "--format", "netrc"])).exitCode, 1);
    assert.equal(standing.calls(), 0);
  });

  describe("--output", () => {
    it("creates a private and complete file, and no other file", async () => {
      const user = keeper(standing, both);
      mkdirSync(join(user.home, "out"));
      for (const [run, name] of [
        [docker, "auth.json"],
        [secret, "secret.yaml"],
      ] as const) {
        const path = join(user.home, "out", name);
        const { stdout, stderr, exitCode } = await run(user, ["-o", path]);
        assert.deepEqual([exitCode, stderr], [0, ""]);
        assert.match(stdout, new RegExp(`^${path}: tokens for 2 hosts, valid until \\S+Z\\n$`));
        assert.equal(modeOf(path), "0600");
        chmodSync(path, 0o644);
        assert.equal((await run(user, ["-o", name], { cwd: join(user.home, "out") })).exitCode, 0);
        assert.equal(modeOf(path), "0600");
        assert.ok(dataOf(readFileSync(path, "utf8")) === dataOf((await run(user)).stdout));
      }
      assert.deepEqual(readdirSync(join(user.home, "out")).sort(), ["auth.json", "secret.yaml"]);
    });

    it("keeps everything else in a Docker config.json, including other logins", async () => {
      const user = keeper(standing, aliceKeeps(one));
      const auth = Buffer.from("me:mine").toString("base64");
      const path = user.write(
        "config.json",
        JSON.stringify({ psFormat: "x", auths: { "example.com": { auth } } }),
      );
      assert.equal((await docker(user, ["-o", path])).exitCode, 0);
      const { psFormat, auths } = JSON.parse(readFileSync(path, "utf8"));
      assert.deepEqual([psFormat, Object.keys(auths)], ["x", ["example.com", registry]]);
      const before = JSON.stringify({ auths: { [registry]: { auth } } });
      user.write("config.json", before);
      assert.match((await docker(user, ["-o", path])).stderr, /\[OUTPUT_TAKEN\]\n$/);
      assert.equal(readFileSync(path, "utf8"), before);
    });

    it("replaces no other file, and does not write to a folder of other users", async () => {
      const user = keeper(standing, aliceKeeps(one));
      for (const text of ["kind: Secret\ntype: Opaque\n", "version: 1\n", "{", '"x"']) {
        const path = user.write("some.yaml", text);
        assert.match((await secret(user, ["-o", path])).stderr, /\[EXPORT_FOREIGN\]\n$/, text);
        assert.equal(readFileSync(path, "utf8"), text);
      }
      const open = join(user.home, "open");
      mkdirSync(open);
      chmodSync(open, 0o1777);
      const { stderr } = await docker(user, ["-o", join(open, "auth.json")]);
      assert.match(
        stderr,
        /other users can write to .*\. Fix: choose a folder that belongs to this user\. \[OUTPUT_UNSAFE\]\n$/,
      );
      assert.deepEqual(readdirSync(open), []);
      assert.match((await docker(user, ["-o", `${user.home}/gone/x`])).stderr, /\[OUTPUT_FOLDER\]\n$/);
      symlinkSync(join(user.home, "target"), join(user.home, "link"));
      assert.equal((await secret(user, ["-o", join(user.home, "link")])).exitCode, 0);
      assert.equal(modeOf(join(user.home, "target")), "0600");
    });
  });

  it("writes no token into a file that others can read, however stdout is redirected", async () => {
    const user = keeper(standing, aliceKeeps(one));
    const into = (file: string, umask: string) => {
      const redirect = `umask ${umask}; exec "$0" "$@" > ${join(user.home, file)}`;
      return docker(user, [], { through: ["sh", "-c", redirect] });
    };
    const open = await into("open.json", "022");
    assert.equal(open.exitCode, 1);
    assert.match(open.stderr, /other users can read or write \(mode 0644\).* \[EXPORT_READABLE\]\n$/);
    assert.equal(readFileSync(join(user.home, "open.json"), "utf8"), "");
    assert.equal(standing.calls(), 0);
    assert.equal((await into("own.json", "077")).exitCode, 0);
    assert.ok(secretsIn(readFileSync(join(user.home, "own.json"), "utf8"))[registry]);
  });

  it("shows tokens on a terminal only on request, with a warning", async () => {
    const user = keeper(standing, aliceKeeps(one));
    const args = ["export", "--format", "docker-config"];
    const refused = await atTerminal(user, args).ended;
    assert.equal(refused.exitCode, 1);
    assert.equal(standing.calls(), 0);
    const shown = await atTerminal(user, [...args, "--show-secrets"]).ended;
    assert.equal(shown.exitCode, 0);
    const steady = plain(shown.sent)
      .replace(/until \S+Z/, "until 2026-01-31T12:00:00Z")
      .replace(/"auth": "[^"]+"/, `"auth": "${Buffer.from("AWS:test").toString("base64")}"`);
    const [warning = "", ...rest] = steady.split("\n");
    matchesGolden(folded(plain(refused.sent)), "export-refused");
    matchesGolden(folded(steady), "export-shown");
    assert.match(warning, /^docker-credential-ecr: warning: these are secrets, valid until /);
    assert.deepEqual(Object.keys(secretsIn(rest.join("\n"))), [registry]);
    assert.ok(!existsSync(join(user.home, "auth.json")));
    const toFile = await atTerminal(user, [...args, "-o", join(user.home, "auth.json")]).ended;
    assert.equal(toFile.exitCode, 0, toFile.sent);
  });

  it("exports thousands of registries, but not as a Secret that is too large for a cluster", async () => {
    const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"];
    const hosts = Array.from({ length: 600 }, (_, at) => {
      return `${100_000_000_000 + at}.dkr.ecr.${regions[at % 4]}.amazonaws.com`;
    });
    const entries = hosts.map((host) => `  - { host: ${host}, identity: alice }\n`).join("");
    const user = keeper(standing, aliceKeeps(one, "us-east-1", entries));
    const { stdout, exitCode } = await docker(user);
    assert.equal(exitCode, 0);
    assert.equal(Object.keys(secretsIn(stdout)).length, hosts.length + 1);
    assert.equal(standing.count("GetAuthorizationToken"), 4);
    const refused = await secret(user);
    assert.deepEqual([refused.exitCode, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /\[EXPORT_TOO_LARGE\]\n$/);
  });
});
