import assert from "node:assert/strict";
import { TokenClient } from "../token-client.ts";

const hour = 3_600_000;
// A separate session: the SDK renews a session at most twice a minute in one process.
const profile = `
[sso-session trouble]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile sso]
sso_session = trouble
sso_account_id = 111122223333
sso_role_name = ci
`;
const asSso = { identity: { kind: "profile", profile: "sso" }, env: {} } as const;

describe("fetchToken: problems with IAM Identity Center", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  beforeEach(() => {
    client.writeConfig(profile);
    signIn("test-sso-access-token");
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  const signIn = (accessToken: string) =>
    client.writeSignIn("trouble", { accessToken, expiresAt: new Date(Date.now() + hour).toISOString() });

  for (const [what, failing, code, fix] of [
    ["its internal error", {}, "AWS_FAULT", /try again/],
    ["its overload", { status: 503, code: "ServiceUnavailable" }, "AWS_FAULT", /try again/],
    ["throttling", { status: 429, code: "TooManyRequestsException" }, "THROTTLED", /minute/],
    [
      "a refusal of the role",
      { status: 403, code: "ForbiddenException" },
      "SSO_ROLE_DENIED",
      /permission set/,
    ],
    ["an unknown account", { status: 404, code: "ResourceNotFoundException" }, "SSO_ROLE_DENIED", /both/],
    [
      "a refused request",
      { status: 400, code: "InvalidRequestException" },
      "AWS_REFUSED",
      /aws configure sso/,
    ],
    [
      "an unknown session",
      { status: 401, code: "UnauthorizedException" },
      "SSO_EXPIRED",
      /aws sso login --profile sso/,
    ],
  ] as const) {
    it(`reports ${what}, with a fix`, async () => {
      client.aws.controls.fail("GetRoleCredentials", failing);
      const failure = await client.tokenFailure(asSso);
      assert.equal(failure.code, code, failure.oneLine);
      assert.match(failure.fix, fix);
    });
  }

  it("does not report a network error if the retry got a response", async () => {
    signIn("test-sso-access-token-of-nobody");
    // Bun itself retries after a closed connection.
    client.aws.controls.hang("GetRoleCredentials", { times: 1 });
    const failure = await client.tokenFailure({
      ...asSso,
      env: { AWS_MAX_ATTEMPTS: "2" },
      limits: { request: 150 },
    });
    assert.equal(client.aws.controls.calls().GetRoleCredentials, 2);
    assert.equal(failure.code, "SSO_EXPIRED", failure.oneLine);
  });

  it("reports a network error if that prevented a session's renewal", async () => {
    client.writeSignIn("trouble", {
      accessToken: "test-sso-access-token",
      expiresAt: new Date(Date.now() - hour).toISOString(),
      clientId: "test-client",
      clientSecret: "test-client-words",
      refreshToken: "test-sso-refresh-token",
    });
    client.aws.controls.refuse("CreateToken");
    const failure = await client.tokenFailure(asSso);
    assert.equal(failure.code, "UNREACHABLE", failure.oneLine);
    assert.match(failure.message, /oidc\.eu-west-1/);
  });
});
