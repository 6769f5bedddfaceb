import assert from "node:assert/strict";
import { defaultCast } from "../support/aws/cast.ts";
import {
  configOf,
  correctSetting,
  correctVariable,
  editLine,
  type Faulty,
  type Fix,
  fixed,
  nameInConfig,
  removeLine,
  runCommand,
  sessionKeys,
  setVariable,
  unset,
} from "../support/program/apply-fix.ts";
import {
  ciRole,
  keys,
  member,
  pullRole,
  type Standing,
  signIn,
  useStanding,
} from "../support/program/standing.ts";
import { hour } from "../support/program/state.ts";
import { configPath, ini, type User, type Variables } from "../support/program/user.ts";

const sso = (account = "111122223333") => ({
  sso_session: "company",
  sso_account_id: account,
  sso_role_name: account === "111122223333" ? "ci" : "ecr-pull",
});
const company = { sso_region: "us-east-1", sso_start_url: "https://example.com/start" };

/** Profiles of the config file beside alice's keys, `ci` chosen. */
function profiles(user: User, sections: Readonly<Record<string, Variables>>, name = "ci"): void {
  user.env.AWS_PROFILE = name;
  user.writeAwsConfig(sections);
  user.writeAwsKeys({ alice: member("alice") });
}
const role = (user: User, more: Variables) =>
  profiles(user, { "profile ci": { role_arn: ciRole, source_profile: "alice", ...more } });
const config = (user: User, identity: string) => user.write(configPath, configOf(identity));
const asRemote = (words: RegExp, apply: Fix["apply"]): Fix => ({ words, apply });
/** A setting that is added to a section of the AWS config file. */
const add = (words: RegExp, section: string, line: string): Fix => ({
  words,
  apply: async (user) => {
    const path = `${user.home}/.aws/config`;
    const text = await Bun.file(path).text();
    assert.ok(text.includes(`[${section}]\n`));
    await Bun.write(path, text.replace(`[${section}]\n`, `[${section}]\n${line}\n`));
  },
});
const processOf = (name: string) => {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = member(name);
  return `printf '${JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey })}'`;
};
const { AWS_ACCESS_KEY_ID: aliceId = "", AWS_SECRET_ACCESS_KEY: aliceSecret = "" } = keys("alice");

const cases: Readonly<Record<string, Faulty>> = {
  "no source of credentials": {
    code: "NO_CREDENTIALS",
    seed: ({ env }) => (env.AWS_EC2_METADATA_DISABLED = "true"),
    fixes: [
      unset,
      {
        words: /run '(aws configure sso)' and set (AWS_PROFILE) to the profile that it writes/,
        apply: async (user, match, standing) => {
          await runCommand.apply(user, match, standing);
          user.env.AWS_PROFILE = "fresh";
        },
      },
      {
        words: /run '(aws configure sso)' .* or name that for this registry in \S+config\.yaml/,
        apply: async (user, match, standing) => {
          await runCommand.apply(user, match, standing);
          const again = nameInConfig("fresh").words.exec(match[0]);
          assert.ok(again);
          nameInConfig("fresh").apply(user, again, standing);
        },
      },
    ],
  },
  "no profile, with one of the registry's account": {
    code: "NO_CREDENTIALS",
    seed: (user) => {
      user.env.AWS_EC2_METADATA_DISABLED = "true";
      const other = { "profile prod": sso("444455556666"), "profile dev": sso() };
      user.writeAwsConfig({ ...other, "sso-session company": company });
      signIn(user, "company");
    },
    names: /profile dev belongs to account 111122223333/,
    fixes: [setVariable, nameInConfig("dev")],
  },
  "a hop limit of 1": {
    code: "NO_CREDENTIALS",
    seed: (_, { aws }) => aws.controls.hang("ImdsToken"),
    names: /hop limit/,
    fixes: [runCommand],
  },
  "an instance metadata service that is disabled": {
    code: "NO_CREDENTIALS",
    seed: (_, { aws }) => aws.controls.fail("Imds*", { status: 403 }),
    names: /disabled/,
    fixes: [runCommand],
  },
  "an instance metadata service elsewhere": {
    code: "NO_CREDENTIALS",
    seed: ({ env }) => (env.AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://127.0.0.1:9"),
    fixes: [correctVariable("AWS_EC2_METADATA_SERVICE_ENDPOINT", ({ aws }) => aws.urls.imds)],
  },
  "a key id without its secret": {
    code: "NO_CREDENTIALS",
    seed: ({ env }) => (env.AWS_ACCESS_KEY_ID = aliceId),
    fixes: [unset, correctVariable("AWS_SECRET_ACCESS_KEY", aliceSecret)],
  },
  "a web identity without its role": {
    code: "NO_CREDENTIALS",
    seed: (user) => (user.env.AWS_WEB_IDENTITY_TOKEN_FILE = user.write("token", "test-web-identity-token")),
    fixes: [unset, correctVariable("AWS_ROLE_ARN", ciRole)],
  },
  "a credential_source without credentials": {
    code: "NO_CREDENTIALS",
    seed: (user) => profiles(user, { "profile ci": { role_arn: ciRole, credential_source: "Environment" } }),
    fixes: [
      {
        words: /set (AWS_ACCESS_KEY_ID) and (AWS_SECRET_ACCESS_KEY)/,
        apply: ({ env }) => Object.assign(env, keys("alice")),
      },
    ],
  },
  "a misspelt profile": {
    code: "PROFILE_NOT_FOUND",
    seed: (user) => profiles(user, {}, "alic"),
    names: /AWS_PROFILE/,
    fixes: [{ words: /did you mean (\w+)\?/, apply: ({ env }, [, name = ""]) => (env.AWS_PROFILE = name) }],
  },
  "a missing profile": {
    code: "PROFILE_NOT_FOUND",
    seed: (user) => profiles(user, {}, "deployment"),
    fixes: [
      {
        words: /add it there \(aws configure --profile NAME, aws configure sso\)/,
        apply: (user) => user.writeAwsKeys({ [user.env.AWS_PROFILE ?? ""]: member("alice") }),
      },
    ],
  },
  "a misspelt setting": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) => profiles(user, { "profile ci": { role_arm: ciRole, source_profile: "alice" } }),
    fixes: [
      {
        words: /source_profile|role_arm \((\/[^():]+):(\d+)\).*write (role_arn) instead of (role_arm)/,
        apply: (user) => {
          // The line of each is named in turn: the setting that has no effect, or the one that was meant.
          editLine(`${user.home}/.aws/config`, 2, "role_arm", `role_arn = ${ciRole}`);
        },
      },
    ],
  },
  "a source_profile without a role": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) => profiles(user, { "profile ci": { region: "us-east-1", source_profile: "alice" } }),
    fixes: [
      add(/add role_arn to profile ci/, "profile ci", `role_arn = ${ciRole}`),
      {
        words: /(source_profile) \((\/[^():]+):(\d+)\).*or remove source_profile/,
        apply: (_, [, name = "", file = "", line]) => editLine(file, Number(line), name, ""),
      },
    ],
  },
  "an incomplete pair of keys in a profile": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) => profiles(user, { "profile ci": { aws_access_key_id: aliceId } }),
    fixes: [
      add(
        /add aws_secret_access_key to the same section/,
        "profile ci",
        `aws_secret_access_key = ${aliceSecret}`,
      ),
    ],
  },
  "a loop of profiles": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) =>
      profiles(user, {
        "profile ci": { role_arn: ciRole, source_profile: "two" },
        "profile two": { role_arn: ciRole, source_profile: "ci" },
      }),
    fixes: [
      {
        words: /use a profile with its own credentials as the last source_profile/,
        apply: (user) => editLine(`${user.home}/.aws/config`, 3, "source_profile", "source_profile = alice"),
      },
    ],
  },
  "an unknown credential_source": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) => profiles(user, { "profile ci": { role_arn: ciRole, credential_source: "Enviroment" } }),
    fixes: [
      {
        words: /credential_source \((\/[^():]+):(\d+)\).*set it to (\w+)/,
        apply: (user, [, file = "", line, name]) => {
          editLine(file, Number(line), "credential_source", `credential_source = ${name}`);
          Object.assign(user.env, keys("alice"), { AWS_PROFILE: "ci" });
        },
      },
    ],
  },
  "SSO without its region": {
    code: "PROFILE_INCOMPLETE",
    seed: (user) => {
      profiles(user, {
        "profile ci": { sso_start_url: company.sso_start_url, ...sso(), sso_session: undefined },
      });
      const { sso_session: _, ...old } = sso();
      user.writeAwsConfig({ "profile ci": { ...old, sso_start_url: company.sso_start_url } });
      signIn(user, company.sso_start_url);
    },
    fixes: [
      runCommand,
      add(/they lack sso_region\. Fix: complete them/, "profile ci", "sso_region = us-east-1"),
    ],
  },
  "a file with an invalid line": {
    code: "AWS_FILE_INVALID",
    seed: (user) => {
      user.env.AWS_PROFILE = "alice";
      user.write(".aws/config", "[default]\nregion = us-east-1\nno setting\n");
      user.writeAwsKeys({ alice: member("alice") });
    },
    fixes: [
      {
        words: /the AWS file (\/[^:]+):(\d+) can't be parsed.*: correct it/,
        apply: (_, [, file = "", line]) => editLine(file, Number(line), "no setting", ""),
      },
    ],
  },
  "a role that requires an MFA code": {
    code: "MFA_REQUIRED",
    seed: (user) => role(user, { mfa_serial: "arn:aws:iam::111122223333:mfa/alice" }),
    fixes: [
      {
        words:
          /mfa_serial, (\/[^:]+):(\d+).*into a profile and name that as source_profile without mfa_serial/,
        apply: async (user, [, file = "", line], standing) => {
          standing.aws.controls.putRole({ arn: ciRole, trusts: ["111122223333"] });
          const { AccessKeyId, SecretAccessKey, Token } = await sessionKeys(standing);
          const session = { aws_access_key_id: AccessKeyId, aws_secret_access_key: SecretAccessKey };
          user.write(".aws/credentials", ini({ session: { ...session, aws_session_token: Token } }));
          editLine(file, Number(line), "mfa_serial", "");
          editLine(file, 3, "source_profile", "source_profile = session");
        },
      },
      {
        words: /use '(aws configure sso)'/,
        apply: async (user, match, standing) => {
          await runCommand.apply(user, match, standing);
          user.env.AWS_PROFILE = "fresh";
        },
      },
    ],
  },
  "an expired SSO session": {
    code: "SSO_EXPIRED",
    seed: (user) => {
      profiles(user, { "profile ci": sso(), "sso-session company": company });
      signIn(user, "company", Date.now() - hour);
    },
    fixes: [runCommand],
  },
  "a permission set that is not assigned": {
    code: "SSO_ROLE_DENIED",
    seed: (user) => {
      const wrong = { ...sso(), sso_account_id: "999988887777" };
      profiles(user, { "profile ci": wrong, "sso-session company": company });
      signIn(user, "company");
    },
    fixes: [correctSetting("sso_account_id", "111122223333")],
  },
  "an expired sign-in of aws login": {
    code: "LOGIN_EXPIRED",
    seed: (user) =>
      profiles(user, { "profile ci": { login_session: "arn:aws:iam::111122223333:user/alice" } }),
    fixes: [runCommand],
  },
  "a credential_process that fails": {
    code: "PROCESS_FAILED",
    seed: (user) => profiles(user, { "profile ci": { credential_process: "false" } }),
    fixes: [
      {
        words:
          /profile ci \((\/[^():]+):(\d+)\) returned no credentials.*it must print the credentials as JSON/,
        apply: (_, [, file = "", line]) =>
          editLine(file, Number(line), "credential_process", `credential_process = ${processOf("alice")}`),
      },
    ],
  },
  "a missing web identity token": {
    code: "WEB_IDENTITY_FILE",
    seed: (user) =>
      profiles(user, {
        "profile ci": { role_arn: ciRole, web_identity_token_file: `${user.home}/token` },
      }),
    fixes: [
      {
        words: /can't be read: (\/\S+) does not exist\. Fix: have the token written there/,
        apply: (_, [, path = ""]) => Bun.write(path, "test-web-identity-token"),
      },
      {
        words: /correct web_identity_token_file \((\/[^():]+):(\d+)\)/,
        apply: (user, [, file = "", line]) => {
          const token = user.write("other", "test-web-identity-token");
          editLine(file, Number(line), "web_identity_token_file", `web_identity_token_file = ${token}`);
        },
      },
    ],
  },
  "a web identity token that STS does not accept": {
    code: "WEB_IDENTITY_REFUSED",
    seed: (user) => {
      const file = user.write("token", "test-old-token");
      Object.assign(user.env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: file });
    },
    names: /role\/ci \(AWS_ROLE_ARN\)/,
    fixes: [
      {
        words: /token in (\/\S+) \(AWS_WEB_IDENTITY_TOKEN_FILE\).*that the token has not expired/,
        apply: (_, [, path = ""]) => Bun.write(path, "test-web-identity-token"),
      },
    ],
  },
  "a container endpoint at a forbidden address": {
    code: "CONTAINER_CREDENTIALS",
    seed: ({ env }) => (env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://example.com/"),
    fixes: [
      unset,
      correctVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", ({ aws }) => `${aws.urls.container}/x`),
    ],
  },
  "a missing token file of a container": {
    code: "CONTAINER_CREDENTIALS",
    seed: ({ env, home }, { aws }) =>
      Object.assign(env, {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.urls.container}/x`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/pod-token`,
      }),
    fixes: [
      unset,
      {
        words: /(\/\S+), set in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.*mount the pod's token there/,
        apply: (_, [, path = ""]) => Bun.write(path, "test-token"),
      },
    ],
  },
  "expired session keys": {
    code: "SESSION_EXPIRED",
    seed: async (user, standing) => {
      Object.assign(user.env, keys("alice"));
      standing.aws.controls.fail("GetAuthorizationToken", {
        status: 400,
        code: "ExpiredTokenException",
        times: 3,
      });
    },
    fixes: [
      {
        words:
          /set new (AWS_ACCESS_KEY_ID), (AWS_SECRET_ACCESS_KEY) and (AWS_SESSION_TOKEN) in the environment/,
        apply: async ({ env }, [, id = "", secret = "", session = ""], standing) => {
          standing.aws.controls.clear();
          const { AccessKeyId, SecretAccessKey, Token } = await sessionKeys(standing);
          Object.assign(env, { [id]: AccessKeyId, [secret]: SecretAccessKey, [session]: Token });
        },
      },
    ],
  },
  "an unknown access key": {
    code: "KEYS_UNKNOWN",
    seed: (user) => {
      profiles(user, {
        "profile ci": { aws_access_key_id: "TESTKEYNOBODY", aws_secret_access_key: aliceSecret },
      });
    },
    fixes: [correctSetting("aws_access_key_id", aliceId)],
  },
  "the same in the environment": {
    code: "KEYS_UNKNOWN",
    seed: ({ env }) => Object.assign(env, keys("alice"), { AWS_ACCESS_KEY_ID: "TESTKEYNOBODY" }),
    fixes: [correctVariable("AWS_ACCESS_KEY_ID", aliceId)],
  },
  "a leftover session token": {
    code: "KEYS_UNKNOWN",
    seed: ({ env }) => Object.assign(env, keys("alice"), { AWS_SESSION_TOKEN: "left over" }),
    fixes: [unset],
  },
  "the same in a profile": {
    code: "KEYS_UNKNOWN",
    seed: (user) => {
      const pair = { aws_access_key_id: aliceId, aws_secret_access_key: aliceSecret };
      profiles(user, { "profile ci": { ...pair, aws_session_token: "left over" } });
    },
    fixes: [removeLine],
  },
  "a secret of another key": {
    code: "KEYS_WRONG",
    seed: (user) =>
      profiles(user, { "profile ci": { aws_secret_access_key: "wrong", aws_access_key_id: aliceId } }),
    fixes: [
      {
        words: /set both again \(aws_access_key_id \((\/[^():]+):(\d+)\)\)/,
        apply: (_, [, file = "", line]) =>
          editLine(file, Number(line) - 1, "aws_secret_access_key", `aws_secret_access_key = ${aliceSecret}`),
      },
    ],
  },
  "a role that can't be assumed": {
    code: "ROLE_DENIED",
    seed: (user) => {
      role(user, {});
      user.writeAwsKeys({ alice: member("mallory") });
    },
    names: /role_arn \(\/\S+config:2\)/,
    fixes: [
      asRemote(/name (arn:\S+) in the trust policy of the role/, (_, [, arn = ""], { aws }) =>
        aws.controls.putRole({ arn: ciRole, trusts: [arn] }),
      ),
    ],
  },
  "a role of another partition": {
    code: "ROLE_PARTITION",
    seed: (user) => {
      Object.assign(user.env, keys("alice"));
      config(user, 'roleArn: "arn:aws-cn:iam::111122223333:role/ci"');
    },
    names: /config\.yaml:3/,
    fixes: [
      {
        words: /name a role of partition (\S+) for this registry in config\.yaml/,
        apply: (user, [, partition]) => config(user, `roleArn: "arn:${partition}:iam::111122223333:role/ci"`),
      },
    ],
  },
  "a role with a duration beyond its maximum": {
    code: "ROLE_DURATION",
    seed: (user, { aws }) => {
      aws.controls.putRole({ arn: ciRole, trusts: ["111122223333"] });
      role(user, { duration_seconds: "43200" });
    },
    fixes: [
      {
        words: /shorten its duration \(duration_seconds \((\/[^():]+):(\d+)\)\): at most (\d+)/,
        apply: (_, [, file = "", line, seconds]) =>
          editLine(file, Number(line), "duration_seconds", `duration_seconds = ${seconds}`),
      },
    ],
  },
  "no permission to get tokens": {
    code: "ACCESS_DENIED",
    seed: ({ env }) => Object.assign(env, keys("mallory")),
    fixes: [
      asRemote(
        /allow ecr:GetAuthorizationToken on resource "\*" in an identity-based policy of arn:\S+:user\/mallory/,
        (_, __, { aws }) => aws.controls.putUser({ ...member("mallory"), rights: { getToken: true } }),
      ),
    ],
  },
  "a region that the account has not enabled": {
    code: "REGION_NOT_ENABLED",
    seed: ({ env }, { aws }) => {
      Object.assign(env, keys("alice"));
      aws.controls.fail("GetAuthorizationToken", { status: 400, code: "OptInRequired" });
    },
    fixes: [asRemote(/enable the region for the account/, (_, __, { aws }) => aws.controls.clear())],
  },
  "a region of a role that its account has not enabled": {
    code: "REGION_NOT_ENABLED",
    seed: (user, { aws }) => {
      Object.assign(user.env, keys("alice"));
      aws.controls.fail("AssumeRole", { status: 403, code: "RegionDisabledException", region: "us-east-1" });
      config(user, `roleArn: "${pullRole}"`);
    },
    names: /config\.yaml:3/,
    fixes: [
      {
        words: /set the region of the role in config\.yaml to an enabled one/,
        apply: (user) => config(user, `roleArn: "${pullRole}", region: us-west-2`),
      },
    ],
  },
};

describe("the fixes in messages about the identity", () => {
  const standing: Standing = useStanding({}, "proxy");
  afterEach(() => {
    const { controls } = standing.aws;
    for (const user of defaultCast.users) controls.putUser(user);
    for (const each of defaultCast.roles) controls.putRole(each);
  });

  for (const [what, faulty] of Object.entries(cases)) {
    for (const fix of faulty.fixes) {
      it(`ends ${what} [${faulty.code}]: ${fix.words.source}`, () =>
        fixed(standing.user(), standing, faulty, fix));
    }
  }
});
