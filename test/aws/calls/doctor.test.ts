import assert from "node:assert/strict";
import type { AwsRequest } from "../../../src/aws/calls/call.ts";
import { callerIdentity } from "../../../src/aws/calls/caller-identity.ts";
import { reachApi } from "../../../src/aws/calls/reachability.ts";
import { askRegistry } from "../../../src/aws/calls/registry-request.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { Failure } from "../../../src/token/failure.ts";
import { ambient } from "../../../src/token/identity.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { Asker, alice, ciRole, pullRole, registryHost } from "../asker.ts";

describe("what doctor asks of AWS", () => {
  let asker: Asker;
  before(async () => {
    asker = await Asker.start();
  });
  afterEach(() => asker.reset());
  after(() => asker.stop());

  function request(more: Partial<AwsRequest> = {}, host = registryHost): AwsRequest {
    const registry = parseHost(host);
    assert.ok(registry);
    const env = { ...asker.way, ...keysOf(alice) };
    const signal = AbortSignal.timeout(8_000);
    return {
      registry,
      identity: ambient,
      env,
      home: asker.home,
      now: Date.now,
      signal,
      refuseFile: async () => undefined,
      ...more,
    };
  }

  it("callerIdentity names who asks, of a role by its own region's STS", async () => {
    assert.deepEqual(await callerIdentity(request()), {
      kind: "known",
      arn: alice.arn,
      account: "111122223333",
    });
    asker.aws.controls.reset();
    const identity = { kind: "role", roleArn: pullRole, source: ambient, region: "eu-west-1" } as const;
    const caller = await callerIdentity(request({ identity }));
    assert.ok(caller.kind === "known");
    assert.match(caller.arn, /^arn:aws:sts::444455556666:assumed-role\/ecr-pull\//);
    assert.deepEqual(asker.served(), [
      "AssumeRole sts.eu-west-1.amazonaws.com",
      "GetCallerIdentity sts.eu-west-1.amazonaws.com",
    ]);
  });

  it("callerIdentity tells credentials that can't be had from an STS that can't be asked", async () => {
    asker.aws.controls.refuse("GetCallerIdentity");
    const caller = await callerIdentity(request());
    assert.ok(caller.kind === "unasked");
    assert.match(caller.failure.message, /^no AWS identity for \S+ \(identity: keys in the environment/);
    const identity = { kind: "role", roleArn: ciRole, source: ambient } as const;
    asker.aws.controls.refuse("AssumeRole");
    await assert.rejects(callerIdentity(request({ identity })), Failure);
  });

  it("callerIdentity ends with its signal", async () => {
    asker.aws.controls.hang("GetCallerIdentity");
    const asked = callerIdentity(request({ signal: AbortSignal.timeout(100) }));
    await assert.rejects(asked, {
      code: "TIMEOUT",
      message: /STS at sts\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    });
  });

  it("reachApi signs nothing, and sees the clock", async () => {
    asker.aws.controls.set({ clockOffsetMs: 600_000 });
    const { answer, host, proxy, broken } = await reachApi(request({ env: asker.way }));
    assert.equal(host, "api.ecr.us-east-1.amazonaws.com");
    assert.equal(proxy, new URL(asker.aws.urls.proxy).host);
    assert.equal(broken, undefined);
    assert.ok(answer && Math.abs(answer.clockSkew - 600_000) < 5_000);
    assert.deepEqual(asker.served(), ["Unknown api.ecr.us-east-1.amazonaws.com"]);
  });

  it("reachApi hides a proxy's login", async () => {
    const env = { ...asker.way, HTTPS_PROXY: "http://me:test-proxy-password@127.0.0.1:9" };
    const reach = await reachApi(request({ env }));
    assert.equal(reach.broken?.link, "proxy");
    assert.doesNotMatch(JSON.stringify(reach) + reach.broken?.failure.oneLine, /password/);
  });

  it("askRegistry gets a bearer token at the public registry, with a login and without", async () => {
    const answer = await askRegistry(request({}, "public.ecr.aws"), "/v2/", undefined);
    assert.equal(answer.status, 200);
    const refused = await askRegistry(request({}, "public.ecr.aws"), "/v2/", {
      username: "AWS",
      secret: "rubbish",
    });
    assert.equal(refused.status, 400);
    assert.match(refused.body, /invalid/);
  });

  it("askRegistry tells why there was no answer", async () => {
    asker.aws.controls.refuse("Registry");
    await assert.rejects(askRegistry(request(), "/v2/", undefined), { code: "UNREACHABLE" });
  });
});
