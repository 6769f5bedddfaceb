import assert from "node:assert/strict";
import {
  ciRole,
  keys,
  member,
  pullRole,
  registry,
  signIn,
  useStanding,
} from "../support/program/standing.ts";
import type { User, Variables } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

const secretOf = (name: string) => {
  const { accessKeyId, secretAccessKey } = member(name);
  return { id: accessKeyId, secret: secretAccessKey };
};
const pair = (name: string) => ({
  aws_access_key_id: secretOf(name).id,
  aws_secret_access_key: secretOf(name).secret,
});
const expired = Date.now() - 3_600_000;
const sso = { sso_session: "Acme Dev", sso_account_id: "111122223333", sso_role_name: "ci" };
const session = { sso_region: "us-east-1", sso_start_url: "https://example.com/start" };

/** A user on an EC2 instance with a role, and as whom AWS is called. */
interface Row {
  readonly set: (user: User) => void;
  /** The end of the principal's ARN, or the code and words of the refusal. */
  readonly outcome: string | readonly [code: string, ...words: string[]];
}

const rows: Readonly<Record<string, Row>> = {
  "keys written in capitals": {
    set(user) {
      const { id, secret } = secretOf("bob");
      user.env.AWS_PROFILE = "ci";
      user.write(".aws/credentials", `[ci]\nAWS_ACCESS_KEY_ID = ${id}\nAWS_SECRET_ACCESS_KEY = ${secret}\n`);
    },
    outcome: "user/bob",
  },
  "a role written in capitals": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.writeAwsConfig({ "profile ci": { Role_ARN: pullRole, Source_Profile: "base" } });
      user.writeAwsKeys({ base: member("alice") });
    },
    outcome: "assumed-role/ecr-pull/docker-credential-ecr",
  },
  "keys in the environment and in a profile": {
    set(user) {
      Object.assign(user.env, keys("alice"), { AWS_PROFILE: "ci" });
      user.writeAwsKeys({ ci: member("bob") });
    },
    outcome: "user/alice",
  },
  "keys in the environment and a profile with a region": {
    set(user) {
      Object.assign(user.env, keys("alice"), { AWS_PROFILE: "ci" });
      user.writeAwsConfig({ "profile ci": { region: "us-east-1" } });
    },
    outcome: "user/alice",
  },
  "keys in the environment and an expired sign-in": {
    set(user) {
      Object.assign(user.env, keys("alice"), { AWS_PROFILE: "ci" });
      user.writeAwsConfig({ "profile ci": sso, "sso-session 'Acme Dev'": session });
      signIn(user, "Acme Dev", expired);
    },
    outcome: "user/alice",
  },
  "keys in the environment and a profile with mfa_serial": {
    set(user) {
      Object.assign(user.env, keys("alice"), { AWS_PROFILE: "ci" });
      const mfa_serial = "arn:aws:iam::111122223333:mfa/alice";
      user.writeAwsConfig({ "profile ci": { role_arn: ciRole, source_profile: "base", mfa_serial } });
      user.writeAwsKeys({ base: member("bob") });
    },
    outcome: "user/alice",
  },
  AWS_DEFAULT_PROFILE: {
    set(user) {
      user.env.AWS_DEFAULT_PROFILE = "ci";
      user.writeAwsKeys({ default: member("alice"), ci: member("bob") });
    },
    outcome: "user/bob",
  },
  "AWS_PROFILE and AWS_DEFAULT_PROFILE": {
    set(user) {
      Object.assign(user.env, { AWS_DEFAULT_PROFILE: "default", AWS_PROFILE: "ci" });
      user.writeAwsKeys({ default: member("alice"), ci: member("bob") });
    },
    outcome: "user/bob",
  },
  "an SSO session with a blank": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.writeAwsConfig({ "profile ci": sso, "sso-session 'Acme Dev'": session });
      signIn(user, "Acme Dev");
    },
    outcome: "assumed-role/ci/sso-user",
  },
  "an SSO session that is missing": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.writeAwsConfig({ "profile ci": sso });
      signIn(user, "Acme Dev");
    },
    outcome: ["PROFILE_INCOMPLETE", "[sso-session Acme Dev]", ".aws/config"],
  },
  "an EC2 metadata switch that is not true": {
    set(user) {
      user.env.AWS_EC2_METADATA_DISABLED = "False";
    },
    outcome: "assumed-role/ci/i-",
  },
  "a misspelt role": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.writeAwsConfig({ "profile ci": { role_arm: pullRole, source_profile: "base" } });
      user.writeAwsKeys({ base: member("alice") });
    },
    outcome: ["PROFILE_INCOMPLETE", "role_arm", ".aws/config:2", "write role_arn instead of role_arm"],
  },
  "a source without a role": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.writeAwsConfig({ "profile ci": { source_profile: "base" } });
      user.writeAwsKeys({ base: member("alice") });
    },
    outcome: ["PROFILE_INCOMPLETE", "source_profile", ".aws/config:2", "add role_arn to profile ci"],
  },
  "a web identity with an empty session name": {
    set(user) {
      const file = user.write("token", "test-web-identity-token");
      Object.assign(user.env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: file });
      user.env.AWS_ROLE_SESSION_NAME = "";
    },
    outcome: "assumed-role/ci/docker-credential-ecr",
  },
  "a key id without its secret in the environment": {
    set(user) {
      user.env.AWS_ACCESS_KEY_ID = secretOf("alice").id;
    },
    outcome: ["NO_CREDENTIALS", "AWS_SECRET_ACCESS_KEY, is not", "set its secret in AWS_SECRET_ACCESS_KEY"],
  },
  "a secret without its key id in the environment": {
    set(user) {
      user.env.AWS_SECRET_ACCESS_KEY = secretOf("alice").secret;
      user.env.AWS_EC2_METADATA_DISABLED = "true";
    },
    outcome: ["NO_CREDENTIALS", "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"],
  },
  "a profile with an incomplete pair of keys": {
    set(user) {
      user.env.AWS_PROFILE = "ci";
      user.write(".aws/credentials", `[ci]\naws_secret_access_key = ${secretOf("alice").secret}\n`);
    },
    outcome: ["PROFILE_INCOMPLETE", "aws_secret_access_key", ".aws/credentials:2"],
  },
  "profiles that form a loop": {
    set(user) {
      user.env.AWS_PROFILE = "a";
      const to = (source_profile: string) => ({ role_arn: ciRole, source_profile });
      user.writeAwsConfig({ "profile a": to("b"), "profile b": to("c"), "profile c": to("a") });
    },
    outcome: ["PROFILE_INCOMPLETE", "a → b → c → a", ".aws/config:"],
  },
};

/** Section headers of profiles, as each file has them, and the name in AWS_PROFILE. */
const names: readonly (readonly [inConfig: string, inCredentials: string, name: string])[] = [
  ["profile 'my ci'", "my ci", "my ci"],
  ['profile "my ci"', "my ci", "my ci"],
  ["profile équipe", "équipe", "équipe"],
  ["profile team(dev)", "team(dev)", "team(dev)"],
  ["profile a,b=c~d#e&f*", "a,b=c~d#e&f*", "a,b=c~d#e&f*"],
  ["profile   ci  ", "ci", "ci"],
];

const properties = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

describe("on an EC2 instance, AWS is called as", () => {
  const standing = useStanding();

  async function check(user: User, outcome: Row["outcome"]): Promise<void> {
    const ran = await user.get(registry);
    if (typeof outcome !== "string") {
      told(ran, ...outcome);
      assert.equal(standing.count("GetAuthorizationToken"), 0);
      return;
    }
    const { principal } = standing.aws.controls.grantOf(answered(ran, registry)) ?? assert.fail();
    assert.ok(principal.includes(`:${outcome}`), principal);
  }

  for (const [what, { set, outcome }] of Object.entries(rows)) {
    it(`${what}: ${typeof outcome === "string" ? outcome : outcome[0]}`, async () => {
      const user = standing.user();
      set(user);
      await check(user, outcome);
    });
  }

  for (const [inConfig, inCredentials, name] of names) {
    for (const sign of ["=", ":"]) {
      it(`the profile of [${inConfig}] with "${sign}"`, async () => {
        const user = standing.user({ AWS_PROFILE: name });
        user.write(".aws/config", `[${inConfig}]\nrole_arn${sign} ${ciRole}\nsource_profile ${sign}base\n`);
        user.writeAwsKeys({ base: member("alice") });
        await check(user, "assumed-role/ci/");
      });
    }

    it(`the keys of [${inCredentials}]`, async () => {
      const user = standing.user({ AWS_PROFILE: name });
      user.writeAwsKeys({ [inCredentials]: member("bob") });
      await check(user, "user/bob");
    });
  }

  for (const name of properties) {
    const own = (key: string, value: Variables) => Object.fromEntries([[key, value]]);

    it(`no profile ${name}: PROFILE_NOT_FOUND`, async () => {
      const user = standing.user({ AWS_PROFILE: name });
      user.writeAwsConfig({ default: { region: "us-east-1" } });
      await check(user, ["PROFILE_NOT_FOUND", name]);
    });

    it(`no source profile ${name}: PROFILE_NOT_FOUND`, async () => {
      const user = standing.user({ AWS_PROFILE: "ci" });
      user.writeAwsConfig({ "profile ci": { role_arn: ciRole, source_profile: name } });
      await check(user, ["PROFILE_NOT_FOUND", name, ".aws/config:3"]);
    });

    it(`no SSO session ${name}: PROFILE_INCOMPLETE`, async () => {
      const user = standing.user({ AWS_PROFILE: "ci" });
      user.writeAwsConfig({ "profile ci": { ...sso, sso_session: name } });
      signIn(user, name);
      await check(user, ["PROFILE_INCOMPLETE", `[sso-session ${name}]`]);
    });

    it(`a profile ${name} of the credentials file`, async () => {
      const user = standing.user({ AWS_PROFILE: name });
      user.write(".aws/credentials", `[${name}]\n${lines(pair("bob"))}`);
      await check(user, "user/bob");
    });

    it(`a profile ${name} with an SSO session ${name}`, async () => {
      const user = standing.user({ AWS_PROFILE: name });
      user.writeAwsConfig({
        ...own(`profile ${name}`, { ...sso, sso_session: name }),
        ...own(`sso-session ${name}`, session),
      });
      signIn(user, name);
      await check(user, "assumed-role/ci/");
    });

    it(`a profile with only a setting ${name}: the instance role`, async () => {
      const user = standing.user({ AWS_PROFILE: "ci" });
      user.write(".aws/config", `[profile ci]\n${name} = x\n[services ${name}]\n${name} = x\n`);
      await check(user, "assumed-role/ci/");
    });
  }
});

const lines = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
