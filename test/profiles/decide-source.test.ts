import assert from "node:assert/strict";
import type { Decision } from "../../src/profiles/credential-source.ts";
import { chosenProfile, decideSource, dependsOnMachine } from "../../src/profiles/decide-source.ts";
import { Failure } from "../../src/token/failure.ts";
import { ambient, type Identity } from "../../src/token/identity.ts";
import { awsFiles, type FileContent } from "../support/aws/files.ts";

const role = "arn:aws:iam::111122223333:role/ci";
const keys = { aws_access_key_id: "TESTKEY", aws_secret_access_key: "test-secret" };
const otherKeys = { aws_access_key_id: "OTHERKEY", aws_secret_access_key: "test-secret" };
const inEnvironment = { AWS_ACCESS_KEY_ID: "ENVKEY", AWS_SECRET_ACCESS_KEY: "test-secret" };
const web = { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: role };
const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/x" };
const sso = {
  sso_start_url: "https://x/start",
  sso_region: "us-east-1",
  sso_account_id: "1",
  sso_role_name: "ci",
};
const tokenFile = { role_arn: role, web_identity_token_file: "/profile" };
const ci = { AWS_PROFILE: "ci" };

interface Situation {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: FileContent;
  readonly credentials?: FileContent;
  readonly identity?: Identity;
}

const decide = ({ env = {}, config = "", credentials = "", identity = ambient }: Situation) =>
  decideSource(identity, env, awsFiles(config, credentials));

/** For example "static ci TESTKEY < ci": the role of profile ci is assumed with the keys of profile ci. */
function shown({ source, roles }: Decision): string {
  const detail = "keys" in source ? source.keys.accessKeyId : "tokenFile" in source ? source.tokenFile : "";
  const words = [source.kind, source.profile ?? "", detail].filter(Boolean).join(" ");
  return [words, ...roles.map(({ profile }) => profile)].join(" < ");
}

const by = (source_profile: string) => ({ role_arn: role, source_profile });

/** The order of the AWS CLI. */
const DECISIONS: [what: string, situation: Situation, decision: string][] = [
  ["nothing", {}, "instance"],
  ["keys in the environment", { env: inEnvironment }, "environment ENVKEY"],
  [
    "keys in the environment before a profile's",
    { env: { ...inEnvironment, ...ci }, credentials: { ci: keys } },
    "environment ENVKEY",
  ],
  [
    "keys in the environment before an SSO profile",
    { env: { ...inEnvironment, ...ci }, config: { "profile ci": sso } },
    "environment ENVKEY",
  ],
  [
    "keys in the environment before a role that wants MFA",
    {
      env: { ...inEnvironment, ...ci },
      config: { "profile ci": { ...by("base"), mfa_serial: "m" } },
      credentials: { base: keys },
    },
    "environment ENVKEY",
  ],
  [
    "keys in the environment with a profile of a region",
    { env: { ...inEnvironment, ...ci }, config: { "profile ci": { region: "x" } } },
    "environment ENVKEY",
  ],
  ["a secret without its key id", { env: { AWS_SECRET_ACCESS_KEY: "test-secret" } }, "instance"],
  [
    "a profile that config.yaml names before keys in the environment",
    { env: inEnvironment, credentials: { ci: keys }, identity: { kind: "profile", profile: "ci" } },
    "static ci TESTKEY",
  ],
  ["the default profile", { credentials: { default: keys } }, "static default TESTKEY"],
  ["[profile default]", { config: { "profile default": keys } }, "static default TESTKEY"],
  ["AWS_PROFILE", { env: ci, credentials: { default: keys, ci: otherKeys } }, "static ci OTHERKEY"],
  [
    "AWS_DEFAULT_PROFILE",
    { env: { AWS_DEFAULT_PROFILE: "ci" }, credentials: { default: keys, ci: otherKeys } },
    "static ci OTHERKEY",
  ],
  [
    "AWS_PROFILE before AWS_DEFAULT_PROFILE",
    {
      env: { AWS_PROFILE: "ci", AWS_DEFAULT_PROFILE: "default" },
      credentials: { default: keys, ci: otherKeys },
    },
    "static ci OTHERKEY",
  ],
  [
    "an empty AWS_PROFILE",
    { env: { AWS_PROFILE: "" }, credentials: { default: keys } },
    "static default TESTKEY",
  ],
  [
    "settings in capitals",
    { env: ci, credentials: { ci: { AWS_ACCESS_KEY_ID: "TESTKEY", Aws_Secret_Access_Key: "x" } } },
    "static ci TESTKEY",
  ],
  [
    "a role in capitals",
    {
      env: ci,
      config: { "profile ci": { Role_ARN: role, Source_Profile: "base" } },
      credentials: { base: keys },
    },
    "static base TESTKEY < ci",
  ],
  [
    "the credentials file before the config file",
    { config: { default: keys }, credentials: { default: otherKeys } },
    "static default OTHERKEY",
  ],
  [
    "a role before all other settings of a profile",
    {
      config: { default: { ...by("base"), ...sso, ...keys, credential_process: "x" } },
      credentials: { base: otherKeys },
    },
    "static base OTHERKEY < default",
  ],
  [
    "a role before the environment's web identity",
    { env: web, config: { default: by("base") }, credentials: { base: keys } },
    "static base TESTKEY < default",
  ],
  [
    "the environment's web identity before a profile's keys",
    { env: { ...web, ...ci }, credentials: { ci: keys } },
    "web-identity /t",
  ],
  [
    "a profile's web identity before its SSO",
    { config: { default: { ...tokenFile, ...sso } } },
    "web-identity default /profile",
  ],
  [
    "an empty variable that hides a profile's web identity",
    { env: { AWS_WEB_IDENTITY_TOKEN_FILE: "" }, config: { default: tokenFile } },
    "instance",
  ],
  ["AWS_ROLE_ARN alone", { env: { AWS_ROLE_ARN: role } }, "instance"],
  ["SSO before keys", { config: { default: { ...sso, ...keys } } }, "sso default"],
  ["SSO before a process", { config: { default: { ...sso, credential_process: "x" } } }, "sso default"],
  [
    "SSO of a session",
    {
      config: {
        default: { sso_session: "s p", sso_account_id: "1", sso_role_name: "ci" },
        "sso-session 's p'": { sso_start_url: "u", sso_region: "r" },
      },
    },
    "sso default",
  ],
  ["a start URL without a role", { config: { default: { sso_start_url: "u", region: "x" } } }, "instance"],
  [
    "keys of the credentials file before aws login and a process",
    { config: { default: { login_session: "l", credential_process: "x" } }, credentials: { default: keys } },
    "static default TESTKEY",
  ],
  [
    "aws login before a process",
    { config: { default: { login_session: "l", credential_process: "x" } } },
    "login default",
  ],
  [
    "a process before keys of the config file",
    { config: { default: { credential_process: "x", ...keys } } },
    "process default",
  ],
  ["a container before the instance", { env: container }, "container"],
  [
    "a profile before a container",
    { env: container, credentials: { default: keys } },
    "static default TESTKEY",
  ],
  ["a named profile of a region alone", { env: ci, config: { "profile ci": { region: "x" } } }, "instance"],
  [
    "the default profile with a source and no role",
    { config: { default: { source_profile: "base" } }, credentials: { base: keys } },
    "instance",
  ],
  [
    "a chain of roles",
    { config: { default: by("b"), "profile b": by("c"), "profile c": sso } },
    "sso c < b < default",
  ],
  [
    "a chain that ends at the first keys",
    { config: { default: by("b"), "profile b": { ...by("c"), ...keys }, "profile c": otherKeys } },
    "static b TESTKEY < default",
  ],
  [
    "a source profile with a web identity",
    { config: { default: by("b"), "profile b": tokenFile } },
    "web-identity b /profile < default",
  ],
  [
    "a source profile before the environment's web identity",
    { env: web, config: { default: by("b") }, credentials: { b: keys } },
    "static b TESTKEY < default",
  ],
  [
    "a role with its own profile as source",
    { config: { default: { ...by("default"), ...keys } } },
    "static default TESTKEY < default",
  ],
  [
    "credential_source Environment",
    {
      env: inEnvironment,
      config: { "profile p": { role_arn: role, credential_source: "Environment" } },
      identity: { kind: "profile", profile: "p" },
    },
    "environment p ENVKEY < p",
  ],
  [
    "credential_source EcsContainer",
    { env: container, config: { default: { role_arn: role, credential_source: "EcsContainer" } } },
    "container default < default",
  ],
  [
    "credential_source Ec2InstanceMetadata",
    { config: { default: { role_arn: role, credential_source: "Ec2InstanceMetadata" } } },
    "instance default < default",
  ],
  [
    "a source profile with a credential_source alone",
    { config: { default: by("b"), "profile b": { credential_source: "Ec2InstanceMetadata" } } },
    "instance b < default",
  ],
  [
    "a role of config.yaml",
    { credentials: { default: keys }, identity: { kind: "role", roleArn: role, source: ambient } },
    "static default TESTKEY",
  ],
];

/** Each error names the invalid setting and its location. */
const REFUSALS: [what: string, situation: Situation, code: string, words: RegExp][] = [
  [
    "an SSO session with a comment after its name",
    { config: "[default]\nlogin_session = arn:aws:iam::111122223333:user/a # mine\n" },
    "PROFILE_INCOMPLETE",
    /login_session \(\/aws\/config:2\) contains a blank/,
  ],
  [
    "an unknown profile",
    { env: ci },
    "PROFILE_NOT_FOUND",
    /^profile ci is neither in \/aws\/config nor in \/aws\/cred/,
  ],
  [
    "an unknown profile, with keys in the environment",
    { env: { ...ci, ...inEnvironment } },
    "PROFILE_NOT_FOUND",
    /^profile ci/,
  ],
  [
    "a profile named like an object property",
    { env: { AWS_PROFILE: "constructor" } },
    "PROFILE_NOT_FOUND",
    /constructor/,
  ],
  [
    "a profile in another case",
    { env: { AWS_PROFILE: "CI" }, credentials: { ci: keys } },
    "PROFILE_NOT_FOUND",
    /did you mean ci\?/,
  ],
  [
    "an unknown source profile",
    { config: { default: by("gone") } },
    "PROFILE_NOT_FOUND",
    /gone, the source_profile of \/aws\/config:3,/,
  ],
  [
    "a key id without its secret in the environment",
    { env: { AWS_ACCESS_KEY_ID: "ENVKEY" }, credentials: { default: keys } },
    "NO_CREDENTIALS",
    /its secret, AWS_SECRET_ACCESS_KEY, is not/,
  ],
  [
    "a web identity without a role in the environment",
    { env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" } },
    "NO_CREDENTIALS",
    /AWS_ROLE_ARN is not/,
  ],
  [
    "a key id without its secret in a profile",
    { credentials: { default: { aws_access_key_id: "X" } } },
    "PROFILE_INCOMPLETE",
    /aws_access_key_id \(\/aws\/credentials:2\) has no aws_secret/,
  ],
  [
    "one key of a pair in each file",
    {
      config: { default: { aws_secret_access_key: "x" } },
      credentials: { default: { aws_access_key_id: "X" } },
    },
    "PROFILE_INCOMPLETE",
    /has no aws_secret_access_key next to it/,
  ],
  [
    "a misspelt secret",
    { credentials: { default: { aws_access_key_id: "X", aws_secret_acess_key: "x" } } },
    "PROFILE_INCOMPLETE",
    /aws_secret_acess_key \(\/aws\/credentials:3\) is not a setting.*aws_secret_access_key is.*write aws_secret_access_key/,
  ],
  [
    "an empty secret",
    { credentials: { default: { aws_access_key_id: "X", aws_secret_access_key: "" } } },
    "PROFILE_INCOMPLETE",
    /aws_secret_access_key \(\/aws\/credentials:3\) is empty/,
  ],
  [
    "a secret alone in a named profile",
    { env: ci, credentials: { ci: { aws_secret_access_key: "x" } } },
    "PROFILE_INCOMPLETE",
    /has no effect without aws_access_key_id/,
  ],
  [
    "a misspelt role",
    {
      env: ci,
      config: { "profile ci": { role_arm: role, source_profile: "base" } },
      credentials: { base: keys },
    },
    "PROFILE_INCOMPLETE",
    /role_arm \(\/aws\/config:2\) is not a setting.*write role_arn instead of role_arm/,
  ],
  [
    "a misspelt role alone",
    { env: ci, config: { "profile ci": { rolearn: role, region: "x" } } },
    "PROFILE_INCOMPLETE",
    /write role_arn/,
  ],
  [
    "a role under an unknown name",
    { env: ci, config: { "profile ci": { pull_as: role } } },
    "PROFILE_INCOMPLETE",
    /write role_arn/,
  ],
  [
    "a source without a role",
    { env: ci, config: { "profile ci": { source_profile: "base" } }, credentials: { base: keys } },
    "PROFILE_INCOMPLETE",
    /source_profile \(\/aws\/config:2\) has no effect without role_arn/,
  ],
  [
    "a credential_source without a role",
    { env: ci, config: { "profile ci": { credential_source: "Environment" } } },
    "PROFILE_INCOMPLETE",
    /credential_source .* without role_arn/,
  ],
  [
    "a misspelt process",
    { env: ci, config: { "profile ci": { credential_proces: "x" } } },
    "PROFILE_INCOMPLETE",
    /write credential_process/,
  ],
  [
    "an SSO start URL alone",
    { env: ci, config: { "profile ci": { sso_start_url: "u" } } },
    "PROFILE_INCOMPLETE",
    /without sso_account_id and sso_role_name/,
  ],
  [
    "an unknown SSO setting",
    { env: ci, config: { "profile ci": { sso_thing_of_mine: "u" } } },
    "PROFILE_INCOMPLETE",
    /sso_thing_of_mine/,
  ],
  [
    "SSO without a region",
    { config: { default: { sso_start_url: "u", sso_account_id: "1", sso_role_name: "c" } } },
    "PROFILE_INCOMPLETE",
    /lack sso_region/,
  ],
  [
    "an unknown sso-session",
    { config: { default: { ...sso, sso_session: "Acme Dev" } } },
    "PROFILE_INCOMPLETE",
    /\[sso-session Acme Dev\], which \/aws\/config doesn't have/,
  ],
  [
    "an sso-session with contradictory settings",
    { config: { default: { ...sso, sso_session: "s" }, "sso-session s": { sso_region: "r" } } },
    "PROFILE_INCOMPLETE",
    /sso_region differs between \/aws\/config:3 and \/aws\/config:9/,
  ],
  [
    "a role without a source",
    { config: { default: { role_arn: role } } },
    "PROFILE_INCOMPLETE",
    /role_arn \(\/aws\/config:2\) has neither source_profile nor/,
  ],
  [
    "a role without a source, its web identity in the environment",
    { env: web, config: { default: { role_arn: role } } },
    "PROFILE_INCOMPLETE",
    /has neither/,
  ],
  [
    "a role with a misspelt source",
    { config: { default: { role_arn: role, source_profil: "base" } } },
    "PROFILE_INCOMPLETE",
    /write source_profile/,
  ],
  [
    "both kinds of source",
    { config: { default: { ...by("b"), credential_source: "Environment" } } },
    "PROFILE_INCOMPLETE",
    /both source_profile .* and credential_source/,
  ],
  [
    "an unknown credential_source",
    { config: { default: { role_arn: role, credential_source: "Ec2InstanceMetadate" } } },
    "PROFILE_INCOMPLETE",
    /set it to Ec2InstanceMetadata/,
  ],
  [
    "a loop",
    { config: { default: by("b"), "profile b": by("default") } },
    "PROFILE_INCOMPLETE",
    /loop: default → b → default/,
  ],
  [
    "a role with its own profile as source, without keys",
    { config: { default: by("default") } },
    "PROFILE_INCOMPLETE",
    /loop/,
  ],
  [
    "a source profile without credentials",
    { config: { default: by("b"), "profile b": { region: "x" } } },
    "PROFILE_INCOMPLETE",
    /profile b has no usable credentials: it is the source_profile of \/aws\/config:3/,
  ],
  [
    "a source profile with a source and no role",
    { config: { default: by("b"), "profile b": { source_profile: "c" }, "profile c": keys } },
    "PROFILE_INCOMPLETE",
    /profile b/,
  ],
  [
    "a web identity without a role in a profile",
    { config: { default: { web_identity_token_file: "/t" } } },
    "PROFILE_INCOMPLETE",
    /has no role_arn next to it/,
  ],
  [
    "an empty process",
    { config: { default: { credential_process: "" } } },
    "PROFILE_INCOMPLETE",
    /credential_process \(\/aws\/config:2\) is empty/,
  ],
  [
    "a profile of config.yaml with only a region",
    { config: { "profile ci": { region: "x" } }, identity: { kind: "profile", profile: "ci" } },
    "PROFILE_INCOMPLETE",
    /it has no settings for them/,
  ],
  [
    "a role that requires MFA",
    { config: { default: { ...by("b"), mfa_serial: "m" } }, credentials: { b: keys } },
    "MFA_REQUIRED",
    /^profile default requires .*\/aws\/config:4/,
  ],
  [
    "MFA further down the chain",
    { config: { default: by("b"), "profile b": { ...by("c"), mfa_serial: "m" } }, credentials: { c: keys } },
    "MFA_REQUIRED",
    /^profile b requires/,
  ],
  [
    "credential_source Environment without keys",
    { config: { default: { role_arn: role, credential_source: "Environment" } } },
    "NO_CREDENTIALS",
    /credential_source of profile default \(\/aws\/config:3\) has none/,
  ],
  [
    "credential_source EcsContainer without a container",
    { config: { default: { role_arn: role, credential_source: "EcsContainer" } } },
    "NO_CREDENTIALS",
    /no container credentials endpoint/,
  ],
];

describe("decideSource", () => {
  for (const [what, situation, decision] of DECISIONS) {
    it(`${what}: ${decision}`, () => assert.equal(shown(decide(situation)), decision));
  }

  for (const [what, situation, code, words] of REFUSALS) {
    it(`refuses ${what}: ${code}`, () => {
      assert.throws(
        () => decide(situation),
        (error) => {
          assert.ok(error instanceof Failure, String(error));
          assert.equal(error.code, code);
          assert.match(error.oneLine, words);
          return true;
        },
      );
    });
  }

  it("does not read other settings from the lines after an SSO region", () => {
    const { source } = decide({
      config: "[default]\nlogin_session = a\nregion = us-east-1\n  login_session = b\n",
    });
    assert.deepEqual(source, { kind: "login", profile: "default", session: "a" });
  });

  it("names an unreadable file that may contain the profile", () => {
    const files = { ...awsFiles(""), unreadable: ["/aws/config can't be read (EACCES)"] };
    assert.throws(() => decideSource(ambient, ci, files), {
      code: "PROFILE_NOT_FOUND",
      message: "profile ci was not found: /aws/config can't be read (EACCES)",
    });
  });

  it("accepts both names of the session token, and treats an empty session name as absent", () => {
    const { source } = decide({ env: { ...inEnvironment, AWS_SECURITY_TOKEN: "a", AWS_SESSION_TOKEN: "b" } });
    assert.ok(source.kind === "environment" && source.keys.sessionToken === "a");
    const named = decide({ env: { ...web, AWS_ROLE_SESSION_NAME: "" } }).source;
    assert.deepEqual(named, { kind: "web-identity", tokenFile: "/t", roleArn: role });
  });
});

describe("dependsOnMachine", () => {
  for (const [what, situation] of DECISIONS) {
    it(`of ${what}`, () => {
      const decision = decide(situation);
      assert.equal(dependsOnMachine(decision), /^(?:instance|container|process)/.test(shown(decision)));
    });
  }
});

describe("chosenProfile", () => {
  it("is the identity's profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or default, in this order", () => {
    const env = { AWS_PROFILE: "e", AWS_DEFAULT_PROFILE: "d" };
    const profile: Identity = { kind: "profile", profile: "p" };
    assert.deepEqual(chosenProfile(profile, env), { name: "p", by: "config.yaml" });
    assert.deepEqual(chosenProfile({ kind: "role", roleArn: role, source: ambient }, env), {
      name: "e",
      by: "AWS_PROFILE",
    });
    assert.deepEqual(chosenProfile(ambient, { ...env, AWS_PROFILE: "" }), {
      name: "d",
      by: "AWS_DEFAULT_PROFILE",
    });
    assert.deepEqual(chosenProfile(ambient, {}), { name: "default", by: "default" });
  });
});
