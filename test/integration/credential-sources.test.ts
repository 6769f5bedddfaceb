import assert from "node:assert/strict";
import type { Operation } from "../support/aws/calls.ts";
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
import { authorizationFiles, hour, logOf } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** Somebody's way to credentials. */
interface Source {
  readonly set: (user: User, standing: Standing) => void;
  /** What AWS is asked on the way, in order, the token aside. */
  readonly asks: readonly Operation[];
  /** Who asks for the token in the end. */
  readonly who: string;
}

const ssoSettings = { sso_account_id: "111122223333", sso_role_name: "ci" };

const sources: Readonly<Record<string, Source>> = {
  "keys in the environment": {
    set: (user) => void Object.assign(user.env, keys("alice")),
    asks: [],
    who: "user/alice",
  },
  "keys in the environment, regardless of AWS_PROFILE": {
    set: (user) => {
      Object.assign(user.env, keys("alice"), { AWS_PROFILE: "bob" });
      user.writeAwsKeys({ bob: member("bob") });
    },
    asks: [],
    who: "user/alice",
  },
  AWS_DEFAULT_PROFILE: {
    set: (user) => {
      user.env.AWS_DEFAULT_PROFILE = "bob";
      user.writeAwsKeys({ default: member("alice"), bob: member("bob") });
    },
    asks: [],
    who: "user/bob",
  },
  "settings in capitals": {
    set: (user) => {
      const { accessKeyId, secretAccessKey } = member("bob");
      user.env.AWS_PROFILE = "ci";
      user.write(
        ".aws/credentials",
        `[ci]\nAWS_ACCESS_KEY_ID: ${accessKeyId}\nAWS_SECRET_ACCESS_KEY: ${secretAccessKey}\n`,
      );
    },
    asks: [],
    who: "user/bob",
  },
  "a profile with a quoted name": {
    set: (user) => {
      user.env.AWS_PROFILE = "mon équipe (dev)";
      user.writeAwsConfig({ "profile 'mon équipe (dev)'": { role_arn: ciRole, source_profile: "a b" } });
      user.writeAwsKeys({ "a b": member("alice") });
    },
    asks: ["AssumeRole"],
    who: "assumed-role/ci",
  },
  "the default profile": {
    set: (user) => void user.writeAwsKeys({ default: member("alice") }),
    asks: [],
    who: "user/alice",
  },
  "a profile whose role another profile assumes": {
    set: (user) => {
      user.env.AWS_PROFILE = "role";
      user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
      user.writeAwsKeys({ alice: member("alice") });
    },
    asks: ["AssumeRole"],
    who: "assumed-role/ci",
  },
  "a profile whose role is assumed by a role": {
    set: (user) => {
      user.env.AWS_PROFILE = "pull";
      user.writeAwsConfig({
        "profile pull": { role_arn: pullRole, source_profile: "role" },
        "profile role": { role_arn: ciRole, source_profile: "alice" },
      });
      user.writeAwsKeys({ alice: member("alice") });
    },
    asks: ["AssumeRole", "AssumeRole"],
    who: "assumed-role/ecr-pull",
  },
  "an identity of config.yaml whose role the environment's keys assume": {
    set: (user) => {
      Object.assign(user.env, keys("alice"));
      user.writeAwsConfig({ "profile role": { role_arn: ciRole, credential_source: "Environment" } });
      user.write(
        ".config/docker-credential-ecr/config.yaml",
        'version: 1\nidentities: { role: { profile: role } }\nregistries: [{ account: "111122223333", identity: role }]\n',
      );
    },
    asks: ["AssumeRole"],
    who: "assumed-role/ci",
  },
  "a credential_process": {
    set: (user) => {
      const { accessKeyId, secretAccessKey } = member("alice");
      const printed = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
      const script = user.write("keys.sh", `echo '${JSON.stringify(printed)}'\necho a warning >&2\n`);
      user.env.AWS_PROFILE = "process";
      user.writeAwsConfig({ "profile process": { credential_process: `sh ${script}` } });
    },
    asks: [],
    who: "user/alice",
  },
  "a web identity": {
    set: (user) => {
      const file = user.write("web-identity", "test-web-identity-token");
      Object.assign(user.env, { AWS_ROLE_ARN: ciRole, AWS_WEB_IDENTITY_TOKEN_FILE: file });
    },
    asks: ["AssumeRoleWithWebIdentity"],
    who: "assumed-role/ci",
  },
  "a web identity with an empty session name": {
    set: (user) => {
      const file = user.write("web-identity", "test-web-identity-token");
      const role = { AWS_ROLE_ARN: ciRole, AWS_ROLE_SESSION_NAME: "" };
      Object.assign(user.env, { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: file });
    },
    asks: ["AssumeRoleWithWebIdentity"],
    who: "assumed-role/ci",
  },
  "a profile with a web identity": {
    set: (user) => {
      const file = user.write("web-identity", "test-web-identity-token");
      user.env.AWS_PROFILE = "web";
      user.writeAwsConfig({ "profile web": { role_arn: ciRole, web_identity_token_file: file } });
    },
    asks: ["AssumeRoleWithWebIdentity"],
    who: "assumed-role/ci",
  },
  "an SSO session": {
    set: (user) => {
      user.env.AWS_PROFILE = "sso";
      user.writeAwsConfig({
        "profile sso": { sso_session: "company", ...ssoSettings },
        "sso-session company": { sso_region: "us-east-1", sso_start_url: "https://example.com/start" },
      });
      signIn(user, "company");
    },
    asks: ["GetRoleCredentials"],
    who: "assumed-role/ci",
  },
  "an SSO session with a quoted name": {
    set: (user) => {
      user.env.AWS_PROFILE = "sso";
      user.writeAwsConfig({
        "profile sso": { sso_session: "Acme Dev", ...ssoSettings },
        "sso-session 'Acme Dev'": { sso_region: "us-east-1", sso_start_url: "https://example.com/start" },
      });
      signIn(user, "Acme Dev");
    },
    asks: ["GetRoleCredentials"],
    who: "assumed-role/ci",
  },
  "SSO in its older form": {
    set: (user) => {
      const start = "https://example.com/start";
      user.env.AWS_PROFILE = "sso";
      user.writeAwsConfig({
        "profile sso": { sso_region: "us-east-1", sso_start_url: start, ...ssoSettings },
      });
      signIn(user, start);
    },
    asks: ["GetRoleCredentials"],
    who: "assumed-role/ci",
  },
  "a container's endpoint": {
    set: (user, { aws }) => {
      user.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${aws.urls.container}/credentials`;
    },
    asks: ["ContainerCredentials"],
    who: "assumed-role/ci",
  },
  "the instance role": {
    set: () => {},
    asks: ["ImdsToken", "ImdsRole", "ImdsCredentials"],
    who: "assumed-role/ci",
  },
};

describe("credentials from", () => {
  const standing = useStanding();

  for (const [what, { set, asks, who }] of Object.entries(sources)) {
    it(`${what}: a cold get, then a warm get without the source`, async () => {
      const user = standing.user();
      set(user, standing);
      const secret = answered(await user.get(registry), registry);
      const log = standing.aws.controls.log();
      assert.deepEqual(
        log.map(({ operation }) => operation),
        [...asks, "GetAuthorizationToken"],
      );
      assert.match(log.at(-1)?.principal ?? "", new RegExp(`:${who}`));
      assert.equal(authorizationFiles(user).length, 1);

      standing.aws.controls.reset();
      standing.aws.controls.refuse("*");
      assert.equal(answered(await user.get(registry), registry), secret);
      assert.equal(standing.calls(), 0);
    });
  }

  it("an expired SSO session: reported with the command that fixes it", async () => {
    const user = standing.user({ AWS_PROFILE: "sso" });
    user.writeAwsConfig({
      "profile sso": { sso_session: "company", ...ssoSettings },
      "sso-session company": { sso_region: "us-east-1", sso_start_url: "https://example.com/start" },
    });
    told(await user.get(registry), "SSO_EXPIRED", registry, "aws sso login --profile sso");
    signIn(user, "company", Date.now() - hour);
    told(await user.get(registry), "SSO_EXPIRED", registry, "aws sso login --profile sso");
    assert.equal(standing.calls(), 0);
    signIn(user, "company");
    answered(await user.get(registry), registry);
  });

  it("a failing credential_process: reported without its output", async () => {
    const user = standing.user({ AWS_PROFILE: "process" });
    const script = user.write("fails.sh", 'echo "hush-hush"; echo "hush-hush" >&2; exit 3\n');
    user.writeAwsConfig({ "profile process": { credential_process: `sh ${script} hush-hush` } });
    const line = told(await user.get(registry), "PROCESS_FAILED", registry, "profile process", "exit code 3");
    assert.doesNotMatch(line + logOf(user), /hush/);
  });
});

describe("credentials with additional requirements", () => {
  const standing = useStanding({ cast: { containerAuthorization: "test-container-token" } });

  it("a container endpoint with a token from a variable or a file", async () => {
    const url = `${standing.aws.urls.container}/credentials`;
    const user = standing.user({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
    told(await user.get(registry), "CONTAINER_CREDENTIALS", registry, "HTTP 401");
    const file = user.write("token", "test-container-token\n");
    for (const env of [
      { AWS_CONTAINER_AUTHORIZATION_TOKEN: "test-container-token" },
      { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file },
    ]) {
      answered(await user.get(registry, { env }), registry);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("an expired SSO session that can be refreshed", async () => {
    const user = standing.user({ AWS_PROFILE: "sso" });
    user.writeAwsConfig({
      "profile sso": { sso_session: "company", ...ssoSettings },
      "sso-session company": {
        sso_region: "us-east-1",
        sso_start_url: "https://example.com/start",
        sso_registration_scopes: "sso:account:access",
      },
    });
    signIn(user, "company", Date.now() - hour, {
      refreshToken: "test-sso-refresh-token",
      clientId: "test-client",
      clientSecret: "test-client-secret",
      registrationExpiresAt: new Date(Date.now() + 8 * hour).toISOString(),
    });
    const secret = answered(await user.get(registry), registry);
    const asked = standing.aws.controls.log().map(({ operation }) => operation);
    assert.deepEqual(asked, ["CreateToken", "GetRoleCredentials", "GetAuthorizationToken"]);
    assert.equal(answered(await user.get(registry), registry), secret);
  });
});
