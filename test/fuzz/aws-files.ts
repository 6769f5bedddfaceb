import assert from "node:assert/strict";
import { parseAwsFiles } from "../../src/profiles/config-files.ts";
import { parseConfig } from "../../src/profiles/config-index.ts";
import { ConfigSyntaxError, parseSections, type Sections } from "../../src/profiles/config-syntax.ts";
import { decideSource } from "../../src/profiles/decide-source.ts";
import { profileClosure } from "../../src/profiles/profile-closure.ts";
import { registriesOfProfiles } from "../../src/profiles/profile-registries.ts";
import { Failure } from "../../src/token/failure.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";

const planted = "PlantedSecretAccessKeyOfTheFile123456789";
const names = ["default", "ci", "my ci", "dev", "équipe", "constructor", "__proto__", "team(dev)"] as const;

const values: Readonly<Record<string, readonly string[]>> = {
  aws_access_key_id: ["AKIAIOSFODNN7EXAMPLE", ""],
  aws_secret_access_key: [planted],
  aws_session_token: [planted, ""],
  role_arn: ["arn:aws:iam::111122223333:role/ci", "x", ""],
  source_profile: names,
  credential_source: ["Ec2InstanceMetadata", "Environment", "EcsContainer", "x"],
  credential_process: ["/bin/true --x 'a b'", "'", ""],
  sso_session: ["Acme Dev", "acme"],
  sso_start_url: ["https://acme.example/start"],
  sso_region: ["us-east-1"],
  sso_account_id: ["111122223333", "1"],
  sso_role_name: ["ReadOnly"],
  region: ["us-east-1", "eu-west-1", ""],
  mfa_serial: ["arn:aws:iam::111122223333:mfa/ci"],
  web_identity_token_file: ["/var/run/token"],
  duration_seconds: ["900", "x"],
  role_arm: ["arn:aws:iam::111122223333:role/ci"],
};

function settings(random: Random): string {
  return random
    .list(5, () => {
      const name = random.pick(Object.keys(values));
      const value = random.pick(values[name] ?? [""]);
      const equals = random.pick([" = ", "=", ": ", " =", "\t=\t"]);
      return `${random.chance(0.2) ? name.toUpperCase() : name}${equals}${value}${random.pick(["", "", " # x", " ; x", "\r"])}\n`;
    })
    .join("");
}

function section(random: Random, kinds: readonly string[]): string {
  const kind = random.pick(kinds);
  const name = random.pick(names);
  const quoted = random.pick([name, `'${name}'`, `"${name}"`]);
  const header = kind === "" || (name === "default" && random.chance(0.7)) ? name : `${kind} ${quoted}`;
  const nested = random.chance(0.1) ? "s3 =\n  a = b\n  addressing_style = path\n" : "";
  return `${random.pick(["", "# x\n", "\n"])}[${header}${random.pick(["", " "])}]${random.pick(["", " # c"])}\n${settings(random)}${nested}`;
}

function fileText(random: Random, kinds: readonly string[]): string {
  const text = random.list(5, () => section(random, kinds)).join("");
  return random.chance(0.3) ? damaged(random, text) : text;
}

const paths = {
  configPath: "/home/ci/.aws/config",
  credentialsPath: "/home/ci/.aws/credentials",
  variables: [],
};

/** The AWS files of one user, with one name in AWS_PROFILE or in config.yaml. */
export const awsFiles = fuzzer<{
  readonly config: string;
  readonly credentials: string;
  readonly profile: string;
}>({
  name: "aws-files",
  make: (random) => ({
    config: fileText(random, ["profile", "profile", "profile", "sso-session", "services", ""]),
    credentials: fileText(random, [""]),
    profile: random.pick(names),
  }),
  check({ config, credentials, profile }) {
    for (const text of [config, credentials]) {
      // Two parsers: by an index of the sections, and of the whole file.
      assert.deepEqual(sectionsBy(parseConfig, text), sectionsBy(parseSections, text));
    }
    const files = ours(() => parseAwsFiles(paths, config, credentials));
    if (!files) return;
    assert.equal(files.contentKey(), parseAwsFiles(paths, config, credentials).contentKey());
    for (const name of files.profileNames()) {
      const found = files.profile(name);
      assert.ok(found, name);
      for (const setting of found.keys()) assert.equal(setting, setting.toLowerCase());
      ours(() => profileClosure(files, name));
    }
    ours(() => registriesOfProfiles(files));
    ours(() => decideSource({ kind: "ambient" }, {}, files));
    const inEnvironment = ours(() => decideSource({ kind: "ambient" }, { AWS_PROFILE: profile }, files));
    const inConfig = ours(() => decideSource({ kind: "profile", profile }, {}, files));
    for (const decision of [inEnvironment, inConfig]) {
      // An unknown profile must not lead to the instance role.
      if (decision) assert.ok(files.profile(profile), profile);
    }
  },
});

function sectionsBy(read: (text: string) => Sections, text: string): unknown {
  try {
    return [...read(text)].map(([header, { settings }]) => [header, [...settings]]);
  } catch (error) {
    // If there are several errors, the parsers may report different ones first.
    if (error instanceof ConfigSyntaxError) return "refused";
    throw error;
  }
}

/** A Failure is a valid result unless it contains a secret or several lines; any other error is a crash. */
function ours<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert.ok(!error.oneLine.includes(planted), error.oneLine);
    assert.doesNotMatch(error.oneLine, /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
    return undefined;
  }
}
