import assert from "node:assert/strict";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicToken } from "@aws-sdk/client-ecr-public";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { defaultCast } from "./cast.ts";
import { type SdkOptions, sdkConfig, userNamed } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const alice = userNamed(defaultCast.users, "alice");
const stranger = { accessKeyId: "TESTKEYSTRANGER", secretAccessKey: "test-secret-of-a-stranger" };

describe("stand-in AWS: signatures", () => {
  let aws: StandIn;
  before(async () => {
    aws = await startAws();
  });
  afterEach(() => aws.controls.reset());
  after(() => aws.stop());

  const askEcr = (options: Partial<SdkOptions>) =>
    new ECRClient(sdkConfig(aws, { keys: alice, ...options })).send(new GetAuthorizationTokenCommand({}));
  const askSts = (options: Partial<SdkOptions>) =>
    new STSClient(sdkConfig(aws, { keys: alice, ...options })).send(new GetCallerIdentityCommand({}));
  const withHeader = (name: string, value: string) => (request: Request) => {
    const headers = new Headers(request.headers);
    headers.set(name, value);
    return new Request(request, { headers });
  };

  it("verifies signatures of the SDK, for ECR, ECR Public and STS, by endpoint and by proxy", async () => {
    for (const via of ["endpoint", "proxy"] as const) {
      await askEcr({ via });
      await askSts({ via });
      await new ECRPUBLICClient(sdkConfig(aws, { keys: alice, via })).send(new GetPublicToken({}));
    }
    const served = aws.controls.log().filter(({ operation }) => operation !== "Connect");
    assert.deepEqual(
      served.map(({ operation, outcome, principal }) => [operation, outcome, principal]),
      [...served.keys()].map((index) => [
        ["GetAuthorizationToken", "GetCallerIdentity", "GetPublicAuthorizationToken"][index % 3],
        "ok",
        alice.arn,
      ]),
    );
    assert.equal(served.length, 6);
    assert.equal(served[3]?.host, "api.ecr.us-east-1.amazonaws.com");
  });

  it("refuses a request that was changed after signing", async () => {
    const changed = (request: Request) =>
      new Request(request.url, { method: "POST", headers: request.headers, body: '{"registryIds":[]}' });
    await assert.rejects(askEcr({ tamper: changed }), { name: "InvalidSignatureException" });
    const target = withHeader("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry");
    await assert.rejects(askEcr({ tamper: target }), { name: "InvalidSignatureException" });
    const action = (request: Request) =>
      new Request(request.url, {
        method: "POST",
        headers: request.headers,
        body: "Action=GetCallerIdentity&Version=2011-06-15&More=1",
      });
    await assert.rejects(askSts({ tamper: action }), { name: "SignatureDoesNotMatch" });
  });

  it("refuses a wrong secret", async () => {
    const keys = { ...alice, secretAccessKey: "test-secret-that-is-wrong" };
    await assert.rejects(askEcr({ keys }), { name: "InvalidSignatureException" });
    await assert.rejects(askSts({ keys }), { name: "SignatureDoesNotMatch" });
  });

  it("refuses unknown keys, and session tokens of other keys", async () => {
    await assert.rejects(askEcr({ keys: stranger }), { name: "UnrecognizedClientException" });
    await assert.rejects(askSts({ keys: stranger }), { name: "InvalidClientTokenId" });
    const foreign = { ...alice, sessionToken: "test-session-token-of-nobody" };
    await assert.rejects(askEcr({ keys: foreign }), { name: "UnrecognizedClientException" });
  });

  it("refuses a request without a signature, and one with too few signed headers", async () => {
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const bare = await fetch(aws.urls.tls, { method: "POST", body, tls: { ca: aws.ca } });
    assert.equal(bare.status, 403);
    assert.match(await bare.text(), /<Code>MissingAuthenticationToken<\/Code>/);
    const added = withHeader("x-amz-more", "not signed");
    await assert.rejects(askEcr({ tamper: added }), { message: /'x-amz-more' must be a 'SignedHeader'/ });
  });

  it("refuses a signature for another region than the host's", async () => {
    const config = sdkConfig(aws, { keys: alice, region: "us-west-2", via: "proxy" });
    const endpoint = "https://api.ecr.us-east-1.amazonaws.com";
    const ask = new ECRClient({ ...config, endpoint }).send(new GetAuthorizationTokenCommand({}));
    await assert.rejects(ask, {
      name: "InvalidSignatureException",
      message: /valid region, not 'us-west-2'/,
    });
    const elsewhere = new ECRPUBLICClient(sdkConfig(aws, { keys: alice, region: "us-west-2" }));
    await assert.rejects(elsewhere.send(new GetPublicToken({})), { name: "InvalidSignatureException" });
  });

  it("refuses one service's request at another's host", async () => {
    const config = sdkConfig(aws, { keys: alice, via: "proxy" });
    const lost = new ECRClient({ ...config, endpoint: "https://sts.us-east-1.amazonaws.com" });
    await assert.rejects(lost.send(new GetAuthorizationTokenCommand({})));
    assert.equal(aws.controls.calls().Unknown, 1);
  });

  it("refuses a clock that is off by more than fifteen minutes, which the SDK then corrects", async () => {
    const minute = 60_000;
    aws.controls.set({ clockOffsetMs: 14 * minute });
    await askEcr({});
    aws.controls.set({ clockOffsetMs: 16 * minute });
    await assert.rejects(askEcr({}), { name: "InvalidSignatureException", message: /Signature expired/ });
    aws.controls.set({ clockOffsetMs: -16 * minute });
    await assert.rejects(askSts({}), { name: "SignatureDoesNotMatch", message: /not yet current/ });
    await askEcr({ maxAttempts: 2 });
  });

  it("refuses an expired session", async () => {
    const sts = new STSClient(sdkConfig(aws, { keys: alice }));
    const role = { RoleArn: "arn:aws:iam::444455556666:role/ecr-pull", RoleSessionName: "test" };
    const { Credentials: session } = await sts.send(new AssumeRoleCommand(role));
    const keys = {
      accessKeyId: session?.AccessKeyId ?? "",
      secretAccessKey: session?.SecretAccessKey ?? "",
      sessionToken: session?.SessionToken ?? "",
    };
    assert.equal((await askSts({ keys })).Arn, "arn:aws:sts::444455556666:assumed-role/ecr-pull/test");
    // After the expiry of the session; the client's clock follows the server's.
    aws.controls.set({ clockOffsetMs: 3_601_000 });
    await assert.rejects(askEcr({ keys, maxAttempts: 2 }), { name: "ExpiredTokenException" });
    await assert.rejects(askSts({ keys, maxAttempts: 2 }), { name: /^ExpiredToken(Exception)?$/ });
    aws.controls.set({ clockOffsetMs: 0 });
    aws.controls.removeKey(keys.accessKeyId);
    await assert.rejects(askEcr({ keys }), { name: "UnrecognizedClientException" });
  });
});
