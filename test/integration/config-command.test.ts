import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { modeOf } from "../support/fakes/temp-folder.ts";
import { aliceKeeps, keeper } from "../support/program/keeping.ts";
import { programPath } from "../support/program/program.ts";
import { registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { entryIn, tokenFile } from "../support/program/state.ts";
import { configPath } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

describe("config", () => {
  const standing = useStanding();

  it("path prints the path of the file, whether it exists or not", async () => {
    const user = standing.user();
    const { exitCode, stdout } = await user.run(["config", "path"]);
    assert.deepEqual([exitCode, stdout], [0, `${join(user.home, configPath)}\n`]);
    assert.ok(!existsSync(join(user.home, ".config")));
    const elsewhere = { XDG_CONFIG_HOME: "/srv/config" };
    assert.match(
      (await user.run(["config", "path"], { env: elsewhere })).stdout,
      /^\/srv\/config\/.*\.yaml\n$/,
    );
  });

  it("init writes a valid private file with the installed schema, and never overwrites one", async () => {
    const user = standing.user();
    const schema = join(dirname(programPath()), "../share/docker-credential-ecr/config.schema.json");
    const first = await user.run(["config", "init"]);
    assert.equal(first.exitCode, 0, first.stderr);
    const path = join(user.home, configPath);
    assert.equal(modeOf(path), "0600");
    assert.ok(!readFileSync(path, "utf8").includes("$schema"));
    const checked = await user.run(["config", "check"]);
    assert.deepEqual([checked.exitCode, checked.stderr], [0, ""]);
    assert.match(checked.stdout, /config\.yaml: OK, 0 identities, 0 entries of registries\n$/);
    writeFileSync(path, "version: 1\nstore: file\n");
    const second = await user.run(["config", "init"]);
    assert.match(second.stderr, /config\.yaml already exists\. .*\[CONFIG_EXISTS\]\n$/);
    assert.deepEqual([second.exitCode, readFileSync(path, "utf8")], [1, "version: 1\nstore: file\n"]);
    mkdirSync(dirname(schema), { recursive: true });
    writeFileSync(schema, "{}");
    const other = standing.user();
    await other.run(["config", "init"]);
    const [line] = readFileSync(join(other.home, configPath), "utf8").split("\n");
    assert.equal(line, `# yaml-language-server: $schema=${schema}`);
    const blocked = standing.user();
    blocked.write(".config", "no folder");
    assert.match((await blocked.run(["config", "init"])).stderr, /\[CONFIG_WRITE\]\n$/);
  });

  it("init's examples are valid without their #", async () => {
    const user = standing.user();
    await user.run(["config", "init"]);
    const path = join(user.home, configPath);
    const text = readFileSync(path, "utf8").replaceAll(/^# ( *(?:- )?\w+:.*)$/gm, "$1");
    assert.match(text, /^identities:$/m);
    writeFileSync(path, text);
    user.writeAwsConfig({ "profile ci": { credential_process: "false" } });
    assert.match((await user.run(["config", "check"])).stdout, /OK, 2 identities, 2 entries of registries/);
  });

  it("check reports all problems with their lines, and exits 1; other commands report the first", async () => {
    const user = standing.user();
    user.write(configPath, "version: 1\nstore: fil\nminValidity: 1\nregistrys: []\n");
    const { exitCode, stdout, stderr } = await user.run(["config", "check"]);
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.deepEqual(
      [...stderr.matchAll(/config\.yaml:(\d+):\d+: .*\[CONFIG_INVALID\]$/gm)].map(([, line]) => line),
      ["2", "3", "4"],
    );
    const other = await user.run(["registries"]);
    assert.match(
      other.stderr,
      /:2:8: .* \(the first of 3 problems: 'docker-credential-ecr config check' lists them\)/,
    );
    assert.match(
      (await standing.user().run(["config", "check"])).stdout,
      /does not exist: every registry uses/,
    );
  });
});

describe("config check: the profiles that config.yaml names", () => {
  const standing = useStanding();

  const cases: readonly {
    readonly title: string;
    readonly aws: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly finds: RegExp;
    /** Default: 1. */
    readonly exitCode?: number;
    /** Default: ci. */
    readonly profile?: string;
  }[] = [
    {
      title: "a profile with another spelling",
      aws: { "profile Main-CI": { credential_process: "true" } },
      profile: "main-ci",
      finds:
        /config\.yaml:3: identity main: profile main-ci is neither in .*Fix: did you mean Main-CI\?.*\[PROFILE_NOT_FOUND\]/,
    },
    {
      title: "a section without the word profile",
      aws: { ci: { credential_process: "true" } },
      finds: /has a section \[ci\].*Fix: write \[profile ci\].*\[PROFILE_NOT_FOUND\]/,
    },
    {
      title: "a loop of source_profile",
      aws: {
        "profile ci": { role_arn: "arn:aws:iam::111122223333:role/a", source_profile: "b" },
        "profile b": { role_arn: "arn:aws:iam::111122223333:role/b", source_profile: "ci" },
      },
      finds: /config\.yaml:3: .*\.aws\/config:7\) leads to a loop: ci → b → ci.*\[PROFILE_INCOMPLETE\]/,
    },
    {
      title: "a source_profile that does not exist",
      aws: { "profile ci": { role_arn: "arn:aws:iam::111122223333:role/a", source_profile: "b" } },
      finds: /profile b, the source_profile of .*\.aws\/config:3, is neither in .*\[PROFILE_NOT_FOUND\]/,
    },
    {
      title: "an unknown credential_source",
      aws: {
        "profile ci": {
          role_arn: "arn:aws:iam::111122223333:role/a",
          credential_source: "Ec2InstanceMetdata",
        },
      },
      finds:
        /\.aws\/config:3\) is Ec2InstanceMetdata, .*Fix: set it to Ec2InstanceMetadata\. \[PROFILE_INCOMPLETE\]/,
    },
    {
      title: "half a pair of keys",
      aws: { "profile ci": { aws_access_key_id: "AKIAIOSFODNN7EXAMPLE" } },
      finds: /has no aws_secret_access_key next to it.*\[PROFILE_INCOMPLETE\]/,
    },
    {
      title: "an SSO session that does not exist",
      aws: { "profile ci": { sso_session: "corp", sso_account_id: "111122223333", sso_role_name: "pull" } },
      finds: /names \[sso-session corp\], which .*\[PROFILE_INCOMPLETE\]/,
    },
    {
      title: "a profile that requires an MFA code",
      aws: {
        "profile ci": {
          role_arn: "arn:aws:iam::111122223333:role/a",
          mfa_serial: "arn:aws:iam::111122223333:mfa/a",
          source_profile: "b",
        },
        "profile b": { credential_process: "true" },
      },
      finds: /\[MFA_REQUIRED\]/,
    },
    {
      title: "a section that can't be parsed",
      aws: { "profile ci": { "": "" }, "profile b": {} },
      finds: /config\.yaml:3: identity main: .*\[AWS_FILE_INVALID\]/,
    },
    {
      title: "only as a note: keys that only another environment has",
      aws: {
        "profile ci": { role_arn: "arn:aws:iam::111122223333:role/a", credential_source: "Environment" },
      },
      finds:
        /config\.yaml:3: identity main: .* are not both set\. In this environment: set AWS_ACCESS_KEY_ID/,
      exitCode: 0,
    },
  ];

  for (const { title, aws, finds, exitCode = 1, profile = "ci" } of cases) {
    it(`finds ${title}`, async () => {
      const user = standing.user();
      user.writeAwsConfig(aws);
      user.write(configPath, `version: 1\nidentities:\n  main: { profile: ${profile} }\n`);
      const checked = await user.run(["config", "check"]);
      assert.match(checked.stderr, finds);
      assert.equal(checked.exitCode, exitCode);
      assert.doesNotMatch(checked.stderr, /no AWS files/);
      assert.equal(standing.calls(), 0);
    });
  }

  it("reports each missing profile, and the files that a user without AWS files lacks", async () => {
    const user = standing.user();
    user.write(
      configPath,
      "version: 1\nidentities:\n  one: { profile: ci }\n  two: { profile: prod }\n  role: { roleArn: 'arn:aws:iam::{account}:role/a', source: two }\n",
    );
    const { exitCode, stdout, stderr } = await user.run(["config", "check"]);
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.deepEqual(
      [...stderr.matchAll(/config\.yaml:(\d+): .*\[PROFILE_NOT_FOUND\]$/gm)].map(([, line]) => line),
      ["3", "4"],
    );
    const aws = (name: string) => join(user.home, ".aws", name);
    assert.ok(
      stderr.includes(`this user has no AWS files: ${aws("config")} and ${aws("credentials")} do not exist`),
    );
  });

  it("accepts complete profiles, and does not run their programs", async () => {
    const user = standing.user();
    user.writeAwsConfig({
      "profile ci": { credential_process: `touch ${join(user.home, "was-run")}` },
      "profile role": { role_arn: "arn:aws:iam::111122223333:role/a", source_profile: "ci" },
      "profile machine": {
        role_arn: "arn:aws:iam::111122223333:role/a",
        credential_source: "Ec2InstanceMetadata",
      },
    });
    user.write(
      configPath,
      "version: 1\nidentities:\n  a: { profile: ci }\n  b: { profile: role }\n  c: { profile: machine }\n  d: { roleArn: 'arn:aws:iam::{account}:role/a' }\n",
    );
    const { exitCode, stdout, stderr } = await user.run(["config", "check"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /OK, 4 identities/);
    assert.ok(!existsSync(join(user.home, "was-run")));
    assert.equal(standing.calls(), 0);
  });
});

describe("an entry of an account", () => {
  const standing = useStanding();

  it("sets the identity of all regions, and its own regions are refreshed in advance", async () => {
    const user = keeper(standing, aliceKeeps("111122223333", "us-east-1"));
    answered(await user.get(westRegistry), westRegistry);
    const { identity } = entryIn(tokenFile(user, westRegistry)) as { identity: string };
    assert.equal(identity, "alice (profile alice)");
    await user.run(["daemon", "--once"]);
    assert.ok(existsSync(tokenFile(user, registry)));
  });

  it("without regions notes that its registries are refreshed after their first pull", async () => {
    const config = aliceKeeps("111122223333").replace("    regions: [us-east-1]\n", "");
    const user = keeper(standing, config);
    const words = "config.yaml:6: registries of account 111122223333 are renewed from their first pull on";
    for (const command of [["status"], ["registries"], ["refresh"], ["daemon", "--once", "--verbose"]]) {
      const { exitCode, stdout, stderr } = await user.run(command);
      assert.equal(exitCode, 0);
      assert.ok((stdout + stderr).includes(words), `${command}: ${stdout}${stderr}`);
    }
    answered(await user.get(registry), registry);
    assert.ok(!(await user.run(["status"])).stdout.includes("first pull"));
  });
});
