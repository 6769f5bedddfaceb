import assert from "node:assert/strict";
import type { AwsRequest } from "../../../src/aws/calls/call.ts";
import { callerIdentity } from "../../../src/aws/calls/caller-identity.ts";
import { reachApi } from "../../../src/aws/calls/reachability.ts";
import { requestRegistry } from "../../../src/aws/calls/registry-request.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { Failure } from "../../../src/token/failure.ts";
import { ambient } from "../../../src/token/identity.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { alice, ciRole, pullRole, registryHost, TokenClient } from "../token-client.ts";

describe("doctor's requests to AWS", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  function request(more: Partial<AwsRequest> = {}, host = registryHost): AwsRequest {
    const registry = parseHost(host);
    assert.ok(registry);
    const env = { ...client.connectionEnv, ...keysOf(alice) };
    const signal = AbortSignal.timeout(8_000);
    return {
      registry,
      identity: ambient,
      env,
      home: client.home,
      now: Date.now,
      signal,
      refuseFile: async () => undefined,
      ...more,
    };
  }

  it("callerIdentity returns the caller; for a role, from STS in the role's region", async () => {
    assert.deepEqual(await callerIdentity(request()), {
      kind: "known",
      arn: alice.arn,
      account: "111122223333",
    });
    client.aws.controls.reset();
    const identity = { kind: "role", roleArn: pullRole, source: ambient, region: "eu-west-1" } as const;
    const caller = await callerIdentity(request({ identity }));
    assert.ok(caller.kind === "known");
    assert.match(caller.arn, /^arn:aws:sts::444455556666:assumed-role\/ecr-pull\//);
    assert.deepEqual(client.served(), [
      "AssumeRole sts.eu-west-1.amazonaws.com",
      "GetCallerIdentity sts.eu-west-1.amazonaws.com",
    ]);
  });

  it("callerIdentity distinguishes unavailable credentials from an unreachable STS", async () => {
    client.aws.controls.refuse("GetCallerIdentity");
    const caller = await callerIdentity(request());
    assert.ok(caller.kind === "unasked");
    assert.match(caller.failure.message, /^no AWS identity for \S+ \(identity: keys in the environment/);
    const identity = { kind: "role", roleArn: ciRole, source: ambient } as const;
    client.aws.controls.refuse("AssumeRole");
    await assert.rejects(callerIdentity(request({ identity })), Failure);
  });

  it("callerIdentity ends on its abort signal", async () => {
    client.aws.controls.hang("GetCallerIdentity");
    const asked = callerIdentity(request({ signal: AbortSignal.timeout(100) }));
    await assert.rejects(asked, {
      code: "TIMEOUT",
      message: /STS at sts\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    });
  });

  it("reachApi sends an unsigned request and reads the server's time", async () => {
    client.aws.controls.set({ clockOffsetMs: 600_000 });
    const { answer, host, proxy, broken } = await reachApi(request({ env: client.connectionEnv }));
    assert.equal(host, "api.ecr.us-east-1.amazonaws.com");
    assert.equal(proxy, new URL(client.aws.urls.proxy).host);
    assert.equal(broken, undefined);
    assert.ok(answer && Math.abs(answer.clockSkew - 600_000) < 5_000);
    assert.deepEqual(client.served(), ["Unknown api.ecr.us-east-1.amazonaws.com"]);
  });

  it("reachApi hides the proxy's password", async () => {
    const env = { ...client.connectionEnv, HTTPS_PROXY: "http://me:test-proxy-password@127.0.0.1:9" };
    const reach = await reachApi(request({ env }));
    assert.equal(reach.broken?.link, "proxy");
    assert.doesNotMatch(JSON.stringify(reach) + reach.broken?.failure.oneLine, /password/);
  });

  it("requestRegistry gets a bearer token from ECR Public, with and without a login", async () => {
    const answer = await requestRegistry(request({}, "public.ecr.aws"), "/v2/", undefined);
    assert.equal(answer.status, 200);
    const refused = await requestRegistry(request({}, "public.ecr.aws"), "/v2/", {
      username: "AWS",
      secret: "rubbish",
    });
    assert.equal(refused.status, 400);
    assert.match(refused.body, /invalid/);
  });

  it("requestRegistry reports why there was no response", async () => {
    client.aws.controls.refuse("Registry");
    await assert.rejects(requestRegistry(request(), "/v2/", undefined), { code: "UNREACHABLE" });
  });
});
