import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { diagnose, failures, healthyUser, named, wire } from "../support/program/doctor.ts";
import { programPath } from "../support/program/program.ts";
import {
  keys,
  member,
  otherRegistry,
  registry,
  useStanding,
  westRegistry,
} from "../support/program/standing.ts";
import { snapshot, tokenFile } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("doctor", () => {
  const standing = useStanding({}, "proxy");

  it("changes nothing, and makes each call to AWS once, even with a valid token", async () => {
    const user = healthyUser(standing);
    const secret = answered(await user.get(registry), registry);
    const before = snapshot(user.home);
    standing.aws.controls.reset();
    assert.deepEqual(failures(await diagnose(user, registry)), []);
    assert.deepEqual(snapshot(user.home), before);
    assert.equal(standing.count("GetCallerIdentity"), 1);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
    assert.equal(answered(await user.get(registry), registry), secret);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("changes nothing if it finds damaged files, not even the log", async () => {
    const user = healthyUser(standing);
    answered(await user.get(registry), registry);
    chmodSync(tokenFile(user, registry), 0o644);
    const before = snapshot(user.home);
    assert.deepEqual(failures(await diagnose(user, registry)), ["stored-token STATE_FILE"]);
    await diagnose(user);
    assert.deepEqual(snapshot(user.home), before);
  });

  it("shows a stored token that the next get checks again after an edit of config.yaml, and no get before the first", async () => {
    const user = healthyUser(standing);
    assert.equal(named(await diagnose(user, registry), "last-get").seen, "none has failed");
    const secret = answered(await user.get(registry), registry);
    user.write(configPath, "version: 1\n");
    const { status, seen } = named(await diagnose(user, registry), "stored-token");
    assert.equal(status, "skipped");
    assert.match(seen, /^because what it depends on has changed: the next get uses it/);
    standing.aws.controls.reset();
    assert.equal(answered(await user.get(registry), registry), secret);
    assert.equal(standing.calls(), 0);
  });

  it("creates no folder", async () => {
    const user = healthyUser(standing);
    const before = snapshot(user.home);
    await diagnose(user, registry);
    assert.deepEqual(snapshot(user.home), before);
  });

  it("without a registry checks the machine, and each managed identity and region", async () => {
    const user = healthyUser(standing);
    const names = (list: Awaited<ReturnType<typeof diagnose>>, host?: string) =>
      list.filter((each) => each.registry === host).map(({ name }) => name);
    wire(user, {});
    const machine = await diagnose(user);
    assert.equal(names(machine).length, machine.length);
    const entry = (account: string, regions: string) =>
      `  - { account: "${account}", regions: [${regions}], identity: alice }\n`;
    user.write(
      configPath,
      `version: 1\nidentities: { alice: { profile: alice } }\nregistries:\n${entry("111122223333", "us-east-1, us-west-2")}${entry("444455556666", "us-east-1")}`,
    );
    wire(user, { credHelpers: { [registry]: "ecr", [westRegistry]: "ecr", [otherRegistry]: "ecr" } });
    const all = await diagnose(user);
    assert.deepEqual(failures(all), []);
    assert.deepEqual([...new Set(all.map((each) => each.registry))], [undefined, registry, westRegistry]);
    assert.deepEqual(names(all), names(machine));
    assert.ok(names(all, westRegistry).includes("token"));
    const text = await user.run(["doctor"]);
    assert.match(text.stdout, new RegExp(`\\n\\n${westRegistry}\\nok {7}registry-name`));
  });

  it("without a registry checks one that other environment keys requested, with the current ones", async () => {
    const user = healthyUser(standing);
    answered(await user.get(registry, { env: { ...keys("bob"), AWS_PROFILE: undefined } }), registry);
    const diagnostics = await diagnose(user);
    assert.match(named(diagnostics, "identity").seen, /user\/alice/);
  });

  it("shows an alias of config.yaml by its name", async () => {
    const user = healthyUser(standing);
    const alias = "images.example.com";
    user.write(configPath, `version: 1\naliases: { ${alias}: ${registry} }\n`);
    wire(user, { credHelpers: { [alias]: "ecr" } });
    const diagnostics = await diagnose(user, `${alias}/app:1`);
    assert.match(named(diagnostics, "registry-name").seen, /^account 111122223333/);
    assert.equal(named(diagnostics, "token").status, "ok");
    // Nobody serves that name here.
    assert.deepEqual(failures(diagnostics), ["registry PROXY"]);
  });

  it("refuses unknown names, and too many arguments", async () => {
    const user = healthyUser(standing);
    for (const about of ["user@example.com", `${registry}/App`, `${registry}/a b`, `ftp://${registry}`]) {
      const { stdout, stderr, exitCode } = await user.run(["doctor", about]);
      assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
      assert.match(stderr, /^docker-credential-ecr: .*\. Fix: .* \[NOT_ECR\]\n$/);
    }
    assert.equal((await user.run(["doctor", registry, registry])).exitCode, 1);
    assert.equal(standing.calls(), 0);
  });

  it("--json is as in docs/doctor.md", async () => {
    const user = healthyUser(standing);
    wire(user, {});
    const { stdout } = await user.run(["doctor", "--json", registry]);
    const { at, diagnostics, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, { version: 1, program: "0.1.0", ok: false, registries: [registry] });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    for (const { name, status, seen, tookMs, registry: host, code, fix, ...more } of diagnostics) {
      assert.deepEqual(more, {}, name);
      assert.ok(["ok", "failed", "skipped"].includes(status) && seen !== "" && Number.isInteger(tookMs));
      assert.ok(host === undefined || host === registry);
      assert.equal(code !== undefined && fix !== undefined, status === "failed", name);
    }
    const docs = readFileSync(fileURLToPath(new URL("../../docs/doctor.md", import.meta.url)), "utf8");
    const documented = [...docs.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(
      diagnostics.map(({ name }: { name: string }) => name),
      documented,
    );
  });
});

describe("doctor --bundle", () => {
  const standing = useStanding({ proxyLogin: "me:test-proxy-password" }, "proxy");

  function secretive(): User {
    const user = healthyUser(standing, { AWS_SESSION_TOKEN: "test-session-of-nobody" });
    user.env.HTTPS_PROXY = standing.aws.urls.proxy.replace("//", "//me:test-proxy-password@");
    user.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = "test-container-authorization";
    user.writeAwsConfig({
      "profile other": {
        credential_process: "vault --password test-process-password",
        external_id: "test-external-id",
        region: "us-east-1",
      },
    });
    user.write(
      configPath,
      `version: 1\nidentities:\n  pull: { roleArn: "arn:aws:iam::{account}:role/pull", externalId: "test-of-two" }\n`,
    );
    wire(user, {
      credHelpers: { [registry]: "ecr" },
      auths: { "example.com": { auth: "dGVzdDp0ZXN0LWh1Yi1wYXNzd29yZA==" } },
      HttpHeaders: { "X-Meta": "test-header-secret" },
    });
    return user;
  }

  it("is private to the user, contains the needed information, and no secret", async () => {
    const user = secretive();
    const token = answered(await user.get(registry), registry);
    const path = join(user.home, "report.txt");
    const ran = await user.run(["doctor", registry, "--bundle", path]);
    assert.equal(ran.exitCode, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /report\.txt: the report, without secrets/);
    assert.equal(modeOf(path), "0600");
    const text = readFileSync(path, "utf8");
    for (const part of [
      "stored-token",
      "AWS_PROFILE=alice",
      "role/pull",
      "[profile other]",
      "region = us-east-1",
    ]) {
      assert.ok(text.includes(part), `${part} expected`);
    }
    const { secretAccessKey, accessKeyId } = member("alice");
    const secrets = [token, secretAccessKey, accessKeyId, "dGVzdDp0ZXN0"];
    const seeded = [
      "session-of",
      "proxy-password",
      "container-auth",
      "process-pass",
      "external-id",
      "of-two",
    ];
    for (const secret of [...secrets, ...seeded.map((each) => `test-${each}`), "test-header"]) {
      for (const shown of [text, ran.stdout, ran.stderr])
        assert.ok(!shown.includes(secret), `${secret} is told`);
    }
  });

  it("contains nothing of addresses, of a container's URI, of unknown keys and of comments", async () => {
    const user = secretive();
    Object.assign(user.env, {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/test-planted-uri1",
      AWS_ENDPOINT_URL_STS:
        "https://test-planted-host1.corp.example/test-planted-path1?x=test-planted-query1",
      NO_PROXY: "test-planted-host2.corp.example",
    });
    user.write(
      configPath,
      "version: 1 # test-planted-comment1\ntest-planted-key1: [test-planted-value1]\nfallback: test-planted-helper1\n",
    );
    wire(user, { credHelpers: { "test-planted-host3.example": "ecr" }, "test-planted-key2": 1 });
    const path = join(user.home, "report.txt");
    await user.run(["doctor", registry, "--bundle", path]);
    const text = readFileSync(path, "utf8");
    assert.deepEqual(text.match(/test-planted[\w-]*/g) ?? [], []);
    assert.match(text, /^AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set$/m);
    assert.match(text, /^1 unknown key: /m);
  });

  it("never overwrites anything, including links, and then sends no request", async () => {
    const user = secretive();
    const path = join(user.home, "report.txt");
    writeFileSync(path, "mine");
    symlinkSync(join(user.home, "nothing"), join(user.home, "link.txt"));
    for (const name of ["report.txt", "link.txt"]) {
      const { stdout, stderr, exitCode } = await user.run(["doctor", registry, "--bundle", name], {
        cwd: user.home,
      });
      assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
      assert.match(stderr, /\[BUNDLE_EXISTS\]\n$/);
    }
    assert.equal(readFileSync(path, "utf8"), "mine");
    assert.ok(!existsSync(join(user.home, "nothing")));
    assert.equal(standing.calls(), 0);
  });

  it("reports if it can't be written", async () => {
    const user = secretive();
    const folder = join(user.home, "nowhere");
    const { stderr, exitCode } = await user.run(["doctor", "--bundle", join(folder, "report.txt")]);
    assert.equal(exitCode, 1);
    assert.ok(
      stderr.includes(`${folder}/report.txt can't be created: ${folder} does not exist. Fix: `),
      stderr,
    );
    assert.match(stderr, / \[BUNDLE_WRITE\]\n$/);
  });
});

describe("doctor's screen at 80 columns", () => {
  const standing = useStanding({}, "proxy");

  /** Whose screen has nothing in it that differs from machine to machine but for a port and the room on a disk. */
  function plainUser(): User {
    const user = healthyUser(standing);
    chmodSync(user.write("bin/docker", "#!/bin/sh\n"), 0o755);
    symlinkSync(programPath(), join(user.home, "bin/docker-credential-ecr"));
    user.env.PATH = `${user.home}/bin`;
    user.env.AWS_CA_BUNDLE = user.write("ca.pem", standing.aws.ca);
    return user;
  }

  for (const [screen, seed, exitCode] of [
    ["healthy", async (user: User) => void answered(await user.get(registry), registry), 0],
    [
      "failing",
      async (user: User) => {
        answered(await user.get(registry, { env: { ...keys("alice"), AWS_PROFILE: undefined } }), registry);
        wire(user, { credsStore: "pass" });
        user.env.AWS_PROFILE = "build";
        const account = { sso_account_id: "111122223333", sso_role_name: "ci" };
        const start = { sso_region: "us-east-1", sso_start_url: "https://example.com/start" };
        user.writeAwsConfig({ "profile build": { ...start, ...account } });
      },
      1,
    ],
  ] as const) {
    it(screen, async () => {
      const user = plainUser();
      await seed(user);
      const ran = await user.run(["doctor", registry]);
      assert.equal(ran.exitCode, exitCode);
      assert.equal(ran.stderr, "");
      const shown = ran.stdout
        // A token that is not a millisecond old has all of its life.
        .replace("valid for 12h 0m;", "valid for 11h 59m;")
        .replace(/127\.0\.0\.1:\d+/, "127.0.0.1:PORT")
        .replace("no native front", "with native front")
        .replace(/\d+ [MG]iB free/, "40 GiB free");
      for (const line of shown.split("\n")) assert.ok(line.length <= 80, line);
      const golden = fileURLToPath(new URL(`golden/doctor-${screen}.txt`, import.meta.url));
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, shown);
      assert.equal(shown, readFileSync(golden, "utf8"));
    });
  }
});
