import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromContainerMetadata, fromInstanceMetadata, fromSSO } from "@aws-sdk/credential-providers";
import { type Cast, defaultCast } from "./cast.ts";
import { sdkConfig } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const cast: Partial<Cast> = { containerAuthorization: "test-container-authorization" };
const ssoStartUrl = "https://example.awsapps.com/start";

describe("stand-in AWS: credentials for machines, containers and users", () => {
  const former = { ...process.env };
  let aws: StandIn;
  let home: string;
  before(async () => {
    aws = await startAws({ cast });
    home = mkdtempSync(join(tmpdir(), "stand-in-home-"));
    Object.assign(process.env, { HOME: home, AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.urls.imds });
    for (const name of ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
      delete process.env[name];
  });
  afterEach(() => aws.controls.reset());
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in former)) delete process.env[name];
    Object.assign(process.env, former);
    rmSync(home, { recursive: true });
    await aws.stop();
  });

  const whoHas = async (keys: Parameters<typeof sdkConfig>[1]["keys"]) =>
    (await new STSClient(sdkConfig(aws, { keys })).send(new GetCallerIdentityCommand({}))).Arn;

  it("IMDS returns the instance role's session, the same one until five minutes before its expiry", async () => {
    const ask = () => fromInstanceMetadata({ maxRetries: 0, timeout: 2000 })();
    const first = await ask();
    assert.equal(await whoHas(first), "arn:aws:sts::111122223333:assumed-role/ci/i-0000000000example");
    assert.equal((await ask()).accessKeyId, first.accessKeyId);
    const { ImdsToken, ImdsRole, ImdsCredentials } = aws.controls.calls();
    assert.deepEqual([ImdsToken, ImdsRole, ImdsCredentials], [2, 2, 2]);
    aws.controls.set({ clockOffsetMs: (6 * 3600 - 299) * 1000 });
    assert.notEqual((await ask()).accessKeyId, first.accessKeyId);
  });

  it("IMDS requires an unexpired session token", async () => {
    const path = `${aws.urls.imds}/latest/meta-data/iam/security-credentials/`;
    assert.equal((await fetch(path)).status, 401);
    const put = (headers: Record<string, string>) =>
      fetch(`${aws.urls.imds}/latest/api/token`, { method: "PUT", headers });
    assert.equal((await put({})).status, 400);
    const ttl = { "x-aws-ec2-metadata-token-ttl-seconds": "60" };
    assert.equal((await put({ ...ttl, "x-forwarded-for": "127.0.0.1" })).status, 403);
    const headers = { "x-aws-ec2-metadata-token": await (await put(ttl)).text() };
    assert.equal(await (await fetch(path, { headers })).text(), "ci");
    const region = `${aws.urls.imds}/latest/meta-data/placement/region`;
    assert.equal(await (await fetch(region, { headers })).text(), "us-east-1");
    aws.controls.set({ clockOffsetMs: 60_000 });
    assert.equal((await fetch(path, { headers })).status, 401);
  });

  it("IMDS can hang and be absent", async () => {
    aws.controls.hang("Imds*");
    await assert.rejects(fromInstanceMetadata({ maxRetries: 0, timeout: 50 })());
    aws.controls.clear();
    aws.controls.refuse("ImdsToken");
    await assert.rejects(fetch(`${aws.urls.imds}/latest/api/token`, { method: "PUT" }));
    // The number varies: the SDK continues without a token, and fetch retries after a closed connection.
    const outcomes = aws.controls.log().map(({ outcome }) => outcome);
    assert.deepEqual([...new Set(outcomes)], ["hang", "refuse"]);
  });

  it("the container endpoint returns the container role's session to authorized clients", async () => {
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${aws.urls.container}/credentials`;
    await assert.rejects(fromContainerMetadata({ maxRetries: 0 })());
    process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = "test-container-authorization";
    const keys = await fromContainerMetadata({ maxRetries: 0 })();
    assert.equal(await whoHas(keys), "arn:aws:sts::111122223333:assumed-role/ci/container");
  });

  it("the SSO portal returns a role's session to signed-in users", async () => {
    const { requestHandler, endpoint } = sdkConfig(aws, { keys: { accessKeyId: "-", secretAccessKey: "-" } });
    const signIn = (accessToken: string) => {
      const cache = join(home, ".aws", "sso", "cache");
      mkdirSync(cache, { recursive: true });
      const file = `${createHash("sha1").update(ssoStartUrl).digest("hex")}.json`;
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      writeFileSync(join(cache, file), JSON.stringify({ accessToken, expiresAt }));
    };
    const ask = (ssoRoleName: string) =>
      fromSSO({
        ssoStartUrl,
        ssoRegion: "us-east-1",
        ssoAccountId: "444455556666",
        ssoRoleName,
        clientConfig: { requestHandler, ...(endpoint === undefined ? {} : { endpoint }) },
      })();
    signIn("test-sso-access-token");
    const session = await ask("ecr-pull");
    assert.equal(await whoHas(session), "arn:aws:sts::444455556666:assumed-role/ecr-pull/sso-user");
    await assert.rejects(ask("admin"));
    signIn("test-sso-signed-out");
    await assert.rejects(ask("ecr-pull"));
    assert.deepEqual(
      aws.controls
        .log()
        .filter(({ operation }) => operation === "GetRoleCredentials")
        .map(({ outcome }) => outcome),
      ["ok", "ForbiddenException", "UnauthorizedException"],
    );
  });

  it("the OIDC service refreshes a sign-in, and invalidates the previous access token", async () => {
    const post = async (refreshToken: string) => {
      const body = JSON.stringify({
        clientId: "x",
        clientSecret: "x",
        grantType: "refresh_token",
        refreshToken,
      });
      const answer = await fetch(`${aws.urls.tls}/token`, { method: "POST", body, tls: { ca: aws.ca } });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const renewed = await post(defaultCast.ssoSessions[0]?.refreshToken ?? "");
    const use = (token: unknown) =>
      fetch(`${aws.urls.tls}/federation/credentials?account_id=111122223333&role_name=ci`, {
        headers: { "x-amz-sso_bearer_token": String(token) },
        tls: { ca: aws.ca },
      });
    assert.equal((await use(renewed.body.accessToken)).status, 200);
    assert.equal((await use("test-sso-access-token")).status, 401);
    const refused = await post("test-made-up");
    assert.deepEqual([refused.status, refused.body.__type], [400, "InvalidGrantException"]);
  });
});
