import assert from "node:assert/strict";
import type { Identity } from "../../src/token/identity.ts";
import { alice, ciRole, pullRole, TokenClient, user } from "../aws/token-client.ts";
import { keysOf } from "../support/aws/environment.ts";

const hour = 3_600_000;
const aliceKeys = `aws_access_key_id = ${alice.accessKeyId}\naws_secret_access_key = ${alice.secretAccessKey}\n`;
const sso = `
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ci
`;
const bySource: Identity = { kind: "role", roleArn: pullRole, source: { kind: "profile", profile: "base" } };

describe("fetchToken: identities", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  const profile = (name: string) => ({ identity: { kind: "profile", profile: name } as const, env: {} });

  it("uses keys from the environment, and returns all fields of the response", async () => {
    const token = await client.fetchToken();
    assert.equal(token.username, "AWS");
    assert.equal(JSON.parse(Buffer.from(token.password, "base64").toString()).type, "DATA_KEY");
    assert.ok(Math.abs(token.expiresAt - Date.now() - 12 * hour) < 60_000);
    assert.equal(token.clockSkew, 0);
    assert.equal("sessionEndsAt" in token, false);
    assert.deepEqual(client.served(), ["GetAuthorizationToken api.ecr.us-east-1.amazonaws.com"]);
    assert.equal(client.lastPrincipal(), alice.arn);
  });

  it("reads a session's expiry from the environment", async () => {
    const env = { ...keysOf(alice), AWS_CREDENTIAL_EXPIRATION: "2031-01-02T03:04:05Z" };
    assert.equal((await client.fetchToken({ env })).sessionEndsAt, Date.UTC(2031, 0, 2, 3, 4, 5));
  });

  it("prefers keys in the environment to AWS_PROFILE, as the AWS CLI does", async () => {
    const bob = user("bob");
    client.writeConfig(
      `[profile b]\naws_access_key_id=${bob.accessKeyId}\naws_secret_access_key=${bob.secretAccessKey}\n`,
    );
    for (const variable of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
      await client.fetchToken({ env: { ...keysOf(alice), [variable]: "b" } });
      assert.equal(client.lastPrincipal(), alice.arn);
      await client.fetchToken({ env: { [variable]: "b" } });
      assert.equal(client.lastPrincipal(), bob.arn);
    }
  });

  it("reads the files each time", async () => {
    client.write(".aws/credentials", `[default]\n${aliceKeys}`);
    await client.fetchToken({ env: {} });
    assert.equal(client.lastPrincipal(), alice.arn);
    const bob = user("bob");
    client.write(
      ".aws/credentials",
      `[default]\naws_access_key_id=${bob.accessKeyId}\naws_secret_access_key=${bob.secretAccessKey}\n`,
    );
    await client.fetchToken({ env: {} });
    assert.equal(client.lastPrincipal(), bob.arn);
  });

  it("uses AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE", async () => {
    const config = client.write("elsewhere/config", "[profile x]\nregion = eu-west-1\n");
    const credentials = client.write("elsewhere/credentials", `[x]\n${aliceKeys}`);
    const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
    await client.fetchToken({ ...profile("x"), env });
    assert.equal(client.lastPrincipal(), alice.arn);
  });

  it("follows a chain of role profiles, in the registry's region", async () => {
    client.writeConfig(`
[profile base]
${aliceKeys}
[profile middle]
role_arn = ${ciRole}
source_profile = base
region = us-west-2
[profile outer]
role_arn = ${pullRole}
source_profile = middle
role_session_name = outer-session
`);
    const token = await client.fetchToken(profile("outer"));
    assert.deepEqual(client.served(), [
      "AssumeRole sts.us-east-1.amazonaws.com",
      "AssumeRole sts.us-east-1.amazonaws.com",
      "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
    ]);
    assert.equal(client.lastPrincipal(), "arn:aws:sts::444455556666:assumed-role/ecr-pull/outer-session");
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - hour) < 60_000);
  });

  it("assumes a role of config.yaml, with all its settings", async () => {
    client.writeConfig(`[profile base]\n${aliceKeys}`);
    client.aws.controls.putRole({
      arn: "arn:aws:iam::444455556666:role/partner",
      trusts: [alice.arn],
      externalId: "partner-17",
      maxSessionSeconds: 7_200,
    });
    const identity: Identity = {
      ...bySource,
      roleArn: "arn:aws:iam::444455556666:role/partner",
      externalId: "partner-17",
      sessionName: "build-42",
      duration: 7_200,
      region: "eu-west-1",
    };
    const token = await client.fetchToken({ identity, env: {} });
    assert.deepEqual(client.served(), [
      "AssumeRole sts.eu-west-1.amazonaws.com",
      "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
    ]);
    assert.equal(client.lastPrincipal(), "arn:aws:sts::444455556666:assumed-role/partner/build-42");
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - 2 * hour) < 60_000);
  });

  it("assumes a role with another role's credentials", async () => {
    const identity: Identity = {
      kind: "role",
      roleArn: pullRole,
      source: { kind: "role", roleArn: ciRole, source: { kind: "ambient" } },
    };
    await client.fetchToken({ identity });
    assert.equal(
      client.lastPrincipal(),
      "arn:aws:sts::444455556666:assumed-role/ecr-pull/docker-credential-ecr",
    );
  });

  it("uses the SSO session's own region", async () => {
    client.writeConfig(sso);
    client.writeSignIn("corp", {
      accessToken: "test-sso-access-token",
      expiresAt: new Date(Date.now() + hour).toISOString(),
    });
    const token = await client.fetchToken(profile("sso"));
    assert.deepEqual(client.served(), [
      "GetRoleCredentials portal.sso.eu-west-1.amazonaws.com",
      "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
    ]);
    assert.equal(client.lastPrincipal(), "arn:aws:sts::111122223333:assumed-role/ci/sso-user");
    assert.ok((token.sessionEndsAt ?? 0) > Date.now());
  });

  it("renews an SSO session that is about to expire", async () => {
    client.writeConfig(sso);
    client.writeSignIn("corp", {
      accessToken: "test-sso-access-token-that-ended",
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      clientId: "test-client",
      clientSecret: "test-client-words",
      refreshToken: "test-sso-refresh-token",
    });
    await client.fetchToken({ ...profile("sso"), env: { AWS_USE_FIPS_ENDPOINT: "false" } });
    assert.deepEqual(client.served().slice(0, 2), [
      "CreateToken oidc.eu-west-1.amazonaws.com",
      "GetRoleCredentials portal.sso.eu-west-1.amazonaws.com",
    ]);
  });

  it("runs a credential_process without the runtime's own variables", async () => {
    const script = client.write(
      "process.sh",
      `test -z "$BUN_OPTIONS" || exit 9
cat <<END
{"Version":1,"AccessKeyId":"${alice.accessKeyId}","SecretAccessKey":"${alice.secretAccessKey}","Expiration":"2031-01-02T03:04:05Z"}
END
`,
    );
    client.writeConfig(`[profile p]\ncredential_process = sh ${script}\n`);
    const token = await client.fetchToken({
      ...profile("p"),
      env: { BUN_OPTIONS: "--smol", PATH: process.env.PATH ?? "" },
    });
    assert.equal(token.sessionEndsAt, Date.UTC(2031, 0, 2, 3, 4, 5));
  });

  it("reads a web identity token from the file that the environment or a profile names", async () => {
    const file = client.write("token", "test-web-identity-token");
    await client.fetchToken({ env: { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: ciRole } });
    assert.equal(client.lastPrincipal(), "arn:aws:sts::111122223333:assumed-role/ci/docker-credential-ecr");
    client.writeConfig(
      `[profile w]\nrole_arn=${ciRole}\nweb_identity_token_file=${file}\nrole_session_name=web\n`,
    );
    await client.fetchToken(profile("w"));
    assert.equal(client.lastPrincipal(), "arn:aws:sts::111122223333:assumed-role/ci/web");
  });

  it("uses the container endpoint without a proxy, with one retry", async () => {
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${client.aws.urls.container}/creds?x=1`,
      NO_PROXY: "",
      HTTP_PROXY: "http://127.0.0.1:9",
    };
    client.aws.controls.fail("ContainerCredentials", { times: 1 });
    const token = await client.fetchToken({ env });
    assert.equal(client.lastPrincipal(), "arn:aws:sts::111122223333:assumed-role/ci/container");
    assert.ok((token.sessionEndsAt ?? 0) > Date.now());
    assert.equal(client.aws.controls.calls().ContainerCredentials, 2);
  });

  it("uses the instance metadata service last, also after a profile without credentials", async () => {
    client.writeConfig("[default]\nregion = eu-west-1\n");
    const token = await client.fetchToken({ env: {} });
    assert.equal(client.lastPrincipal(), "arn:aws:sts::111122223333:assumed-role/ci/i-0000000000example");
    assert.ok((token.sessionEndsAt ?? 0) > Date.now());
  });

  for (const [what, settings] of [
    [
      "whose roles lead in a circle",
      `role_arn = ${ciRole}\nsource_profile = two\n[profile two]\nrole_arn = ${ciRole}\nsource_profile = p`,
    ],
    ["with an incomplete pair of keys", "aws_access_key_id = TESTKEY"],
    ["with a role and no source for it", `role_arn = ${ciRole}`],
  ] as const) {
    it(`never uses the instance role for a profile ${what}`, async () => {
      client.writeConfig(`[profile p]\n${settings}\n`);
      assert.equal((await client.tokenFailure({ env: { AWS_PROFILE: "p" } })).code, "PROFILE_INCOMPLETE");
      assert.deepEqual(client.served(), []);
    });
  }

  it("uses ECR Public in us-east-1 regardless of the environment's region", async () => {
    for (const host of ["public.ecr.aws", "ecr-public.aws.com"]) {
      const token = await client.fetchToken({ host, env: { ...keysOf(alice), AWS_REGION: "eu-west-1" } });
      assert.equal(token.username, "AWS");
    }
    assert.deepEqual(client.served(), [
      "GetPublicAuthorizationToken api.ecr-public.us-east-1.amazonaws.com",
      "GetPublicAuthorizationToken ecr-public.us-east-1.api.aws",
    ]);
  });
});
