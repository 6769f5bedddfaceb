import assert from "node:assert/strict";
import { Asker } from "../asker.ts";

const hour = 3_600_000;
// A session of its own: the SDK renews one of a name no more than twice a minute in a process.
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

describe("fetchToken: trouble with IAM Identity Center", () => {
  let asker: Asker;
  before(async () => {
    asker = await Asker.start();
  });
  beforeEach(() => {
    asker.writeConfig(profile);
    signIn("test-sso-access-token");
  });
  afterEach(() => asker.reset());
  after(() => asker.stop());

  const signIn = (accessToken: string) =>
    asker.writeSignIn("trouble", { accessToken, expiresAt: new Date(Date.now() + hour).toISOString() });

  for (const [what, failing, code, fix] of [
    ["its own fault", {}, "AWS_FAULT", /try again/],
    ["its overload", { status: 503, code: "ServiceUnavailable" }, "AWS_FAULT", /try again/],
    ["throttling", { status: 429, code: "TooManyRequestsException" }, "THROTTLED", /minute/],
    [
      "a refusal of the role",
      { status: 403, code: "ForbiddenException" },
      "SSO_ROLE_DENIED",
      /permission set/,
    ],
    [
      "an account that is not there",
      { status: 404, code: "ResourceNotFoundException" },
      "SSO_ROLE_DENIED",
      /both/,
    ],
    [
      "a request that it takes for wrong",
      { status: 400, code: "InvalidRequestException" },
      "AWS_REFUSED",
      /aws configure sso/,
    ],
    [
      "a session that it does not know",
      { status: 401, code: "UnauthorizedException" },
      "SSO_EXPIRED",
      /aws sso login --profile sso/,
    ],
  ] as const) {
    it(`tells of ${what}, and who is to mend it`, async () => {
      asker.aws.controls.fail("GetRoleCredentials", failing);
      const failure = await asker.fail(asSso);
      assert.equal(failure.code, code, failure.oneLine);
      assert.match(failure.fix, fix);
    });
  }

  it("does not blame the network for what the second try was told", async () => {
    signIn("test-sso-access-token-of-nobody");
    // Bun itself tries a closed connection again.
    asker.aws.controls.hang("GetRoleCredentials", { times: 1 });
    const failure = await asker.fail({
      ...asSso,
      env: { AWS_MAX_ATTEMPTS: "2" },
      limits: { request: 150 },
    });
    assert.equal(asker.aws.controls.calls().GetRoleCredentials, 2);
    assert.equal(failure.code, "SSO_EXPIRED", failure.oneLine);
  });

  it("blames the network where that is what kept a session from being renewed", async () => {
    asker.writeSignIn("trouble", {
      accessToken: "test-sso-access-token",
      expiresAt: new Date(Date.now() - hour).toISOString(),
      clientId: "test-client",
      clientSecret: "test-client-words",
      refreshToken: "test-sso-refresh-token",
    });
    asker.aws.controls.refuse("CreateToken");
    const failure = await asker.fail(asSso);
    assert.equal(failure.code, "UNREACHABLE", failure.oneLine);
    assert.match(failure.message, /oidc\.eu-west-1/);
  });
});
