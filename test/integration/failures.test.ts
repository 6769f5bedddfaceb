import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  ciRole,
  keys,
  member,
  pullRole,
  registry,
  type Standing,
  signIn,
  useStanding,
} from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

interface Case {
  readonly set: (user: User, standing: Standing) => void;
  readonly code: string;
  /** For whom it failed, why, and how to fix it, as the line has them. */
  readonly parts: readonly (string | RegExp)[];
}

const environment = "keys in the environment (AWS_ACCESS_KEY_ID)";
const withRole = (user: User, settings: Record<string, string>) => {
  user.env.AWS_PROFILE = "role";
  user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice", ...settings } });
  user.writeAwsKeys({ alice: member("alice") });
};
const withKeys = (user: User, name = "alice") => Object.assign(user.env, keys(name));

const cases: Readonly<Record<string, Case>> = {
  "no credentials anywhere": {
    set: ({ env }) => (env.AWS_EC2_METADATA_DISABLED = "true"),
    code: "NO_CREDENTIALS",
    parts: [
      "the default AWS credential chain",
      "there are no AWS credentials: none in the environment",
      "aws configure sso",
    ],
  },
  "a missing profile": {
    set: ({ env }) => (env.AWS_PROFILE = "misspelt"),
    code: "PROFILE_NOT_FOUND",
    parts: ["profile misspelt (AWS_PROFILE)", ".aws/config", "aws configure --profile"],
  },
  "a missing source profile": {
    set: (user) => withRole(user, { source_profile: "misspelt" }),
    code: "PROFILE_NOT_FOUND",
    parts: ["profile role (AWS_PROFILE)", "profile misspelt"],
  },
  "a profile without credentials": {
    set: (user) => {
      user.env.AWS_PROFILE = "empty";
      user.env.AWS_EC2_METADATA_DISABLED = "true";
      user.writeAwsConfig({ "profile empty": { region: "us-east-1" } });
    },
    code: "NO_CREDENTIALS",
    parts: ["profile empty (AWS_PROFILE)"],
  },
  "profiles in a loop": {
    set: (user) => {
      user.env.AWS_PROFILE = "one";
      user.writeAwsConfig({
        "profile one": { role_arn: ciRole, source_profile: "two" },
        "profile two": { role_arn: ciRole, source_profile: "one" },
      });
    },
    code: "PROFILE_INCOMPLETE",
    parts: ["profile one (AWS_PROFILE)"],
  },
  "a profile that requires MFA": {
    set: (user) => withRole(user, { mfa_serial: "arn:aws:iam::111122223333:mfa/alice" }),
    code: "MFA_REQUIRED",
    parts: ["profile role (AWS_PROFILE)", "mfa_serial", "aws sts get-session-token"],
  },
  "a role that can't be assumed": {
    set: (user) => {
      withRole(user, {});
      user.writeAwsKeys({ alice: member("bob") });
    },
    code: "ROLE_DENIED",
    parts: ["profile role (AWS_PROFILE)", "user/bob", ciRole, "trust policy"],
  },
  "a role with a duration beyond its maximum": {
    set: (user) => {
      withRole(user, { role_arn: pullRole, source_profile: "ci", duration_seconds: "43200" });
      user.write(
        ".aws/config",
        `[profile role]\nrole_arn = ${pullRole}\nsource_profile = ci\nduration_seconds = 43200\n` +
          `[profile ci]\nrole_arn = ${ciRole}\nsource_profile = alice\n`,
      );
    },
    code: "ROLE_DURATION",
    parts: ["profile role (AWS_PROFILE)", pullRole, "duration_seconds"],
  },
  "no permission to get tokens": {
    set: (user) => withKeys(user, "mallory"),
    code: "ACCESS_DENIED",
    parts: [
      environment,
      "arn:aws:iam::111122223333:user/mallory",
      'allow ecr:GetAuthorizationToken on resource "*"',
    ],
  },
  "an unknown access key": {
    set: (user) => Object.assign(user.env, keys("alice"), { AWS_ACCESS_KEY_ID: "TESTKEYNOBODY" }),
    code: "KEYS_UNKNOWN",
    parts: [environment, "does not know the access key"],
  },
  "a wrong secret key": {
    set: (user) => Object.assign(user.env, keys("alice"), { AWS_SECRET_ACCESS_KEY: "wrong" }),
    code: "KEYS_WRONG",
    parts: [environment, "secret access key"],
  },
  "an expired session": {
    set: (user, { aws }) => {
      withKeys(user);
      aws.controls.fail("*", { status: 400, code: "ExpiredTokenException" });
    },
    code: "SESSION_EXPIRED",
    parts: [environment, "AWS_SESSION_TOKEN"],
  },
  "SSO without the role": {
    set: (user) => {
      user.env.AWS_PROFILE = "sso";
      const start = "https://example.com/start";
      const settings = {
        sso_region: "us-east-1",
        sso_start_url: start,
        sso_account_id: "999988887777",
        sso_role_name: "x",
      };
      user.writeAwsConfig({ "profile sso": settings });
      signIn(user, start);
    },
    code: "SSO_ROLE_DENIED",
    parts: ["profile sso (AWS_PROFILE)", "sso_role_name"],
  },
  "incomplete SSO settings": {
    set: (user) => {
      user.env.AWS_PROFILE = "sso";
      user.writeAwsConfig({ "profile sso": { sso_account_id: "111122223333", sso_role_name: "ci" } });
    },
    code: "PROFILE_INCOMPLETE",
    parts: ["profile sso (AWS_PROFILE)", "aws configure sso --profile sso"],
  },
  "a web identity whose file is gone": {
    set: ({ env }) =>
      Object.assign(env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere/token" }),
    code: "WEB_IDENTITY_FILE",
    parts: ["AWS_WEB_IDENTITY_TOKEN_FILE"],
  },
  "a web identity that STS refuses": {
    set: (user) => {
      const file = user.write("token", "test-foreign-token");
      Object.assign(user.env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: file });
    },
    code: "WEB_IDENTITY_REFUSED",
    parts: [ciRole, "OIDC provider"],
  },
  "a container endpoint without credentials": {
    set: (user, { aws }) => {
      user.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${aws.urls.container}/credentials`;
      aws.controls.fail("ContainerCredentials", { status: 404 });
    },
    code: "CONTAINER_CREDENTIALS",
    parts: ["HTTP 404", "has a role"],
  },
  "a container endpoint at a forbidden address": {
    set: ({ env }) => (env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://example.com/credentials"),
    code: "CONTAINER_CREDENTIALS",
    parts: ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "https"],
  },
  "a credential_process without JSON output": {
    set: (user) => {
      user.env.AWS_PROFILE = "process";
      user.writeAwsConfig({ "profile process": { credential_process: "echo hush-hush" } });
    },
    code: "PROCESS_FAILED",
    parts: ["profile process (AWS_PROFILE)", "not JSON", /^(?!.*hush)/],
  },
  "an unknown error": {
    set: (user, { aws }) => {
      withKeys(user);
      aws.controls.fail("*", { status: 400, code: "BrandNewException", message: "of another\nkind" });
    },
    code: "AWS_REFUSED",
    parts: [environment, "BrandNewException", "of another kind"],
  },
  "a name that does not resolve": {
    set: (user) => {
      withKeys(user);
      user.env.AWS_ENDPOINT_URL = "https://api.ecr.invalid";
    },
    code: "DNS",
    parts: [environment, "api.ecr.invalid"],
  },
  "no listener": {
    set: (user) => {
      withKeys(user);
      user.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
    },
    code: "UNREACHABLE",
    parts: [environment, "127.0.0.1:9"],
  },
};

describe("a failure names the problem, the identity and the fix:", () => {
  const standing = useStanding();

  for (const [what, { set, code, parts }] of Object.entries(cases)) {
    it(`${what} [${code}]`, async () => {
      const user = standing.user();
      set(user, standing);
      const ran = await user.get(`https://${registry}/`);
      const given = /\[(\w+)\]\n$/.exec(ran.stdout)?.[1] ?? "";
      told(
        ran,
        code.split("|").includes(given) ? given : code,
        `no ECR token for ${registry} (identity: `,
        ...parts,
      );
    });
  }

  it("unreadable AWS files cause no failure if they are not needed", async () => {
    const user = standing.user(keys("alice"));
    mkdirSync(join(user.home, ".aws/config"), { recursive: true });
    user.write(".aws/credentials", "\0\0[[[ no = ini\n]]]\n=\n");
    answered(await user.get(registry), registry);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });
});
