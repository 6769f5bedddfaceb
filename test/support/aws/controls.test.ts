import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { defaultCast } from "./cast.ts";
import { remoteControls } from "./control.ts";
import { startAwsProcess } from "./process.ts";
import { sdkConfig, userNamed } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const alice = userNamed(defaultCast.users, "alice");

describe("stand-in AWS: controls", () => {
  let aws: StandIn;
  before(async () => {
    aws = await startAws({ proxyLogin: "test:login" });
  });
  afterEach(() => aws.controls.reset());
  after(() => aws.stop());

  const ask = (region = "us-east-1", signal?: AbortSignal) =>
    new ECRClient(sdkConfig(aws, { keys: alice, region })).send(
      new GetAuthorizationTokenCommand({}),
      signal ? { abortSignal: signal } : {},
    );

  it("fail an operation for a number of calls, with a given error", async () => {
    aws.controls.fail("GetAuthorizationToken", {
      status: 500,
      code: "ServerException",
      message: "m",
      times: 2,
    });
    await assert.rejects(ask(), { name: "ServerException", message: "m" });
    await assert.rejects(ask(), { name: "ServerException" });
    await ask();
    assert.equal(aws.controls.calls().GetAuthorizationToken, 3);
  });

  it("fail in one region only", async () => {
    aws.controls.fail("*", { region: "us-west-2" });
    await ask("us-east-1");
    await assert.rejects(ask("us-west-2"), { name: "InternalFailure" });
    aws.controls.clear("*");
    await ask("us-west-2");
  });

  it("throttle with the error of each service", async () => {
    aws.controls.throttle("*", { times: 2 });
    await assert.rejects(ask(), { name: "ThrottlingException", message: "Rate exceeded" });
    const sts = new STSClient(sdkConfig(aws, { keys: alice }));
    await assert.rejects(sts.send(new GetCallerIdentityCommand({})), { name: "Throttling" });
  });

  it("hang until the client gives up, and close connections", async () => {
    aws.controls.hang("GetAuthorizationToken", { times: 1 });
    await assert.rejects(ask("us-east-1", AbortSignal.timeout(50)), { name: "AbortError" });
    aws.controls.refuse("GetAuthorizationToken");
    await assert.rejects(ask());
    assert.deepEqual(
      aws.controls.log().map(({ outcome }) => outcome),
      ["hang", "refuse"],
    );
  });

  it("delay answers", async () => {
    aws.controls.latency("GetAuthorizationToken", 60);
    const start = performance.now();
    await ask();
    assert.ok(performance.now() - start >= 59);
  });

  it("record the principal, host and time of each call", async () => {
    await ask("eu-west-1");
    const [call] = aws.controls.log();
    const { at = 0, host, ...rest } = call ?? {};
    assert.deepEqual(rest, {
      operation: "GetAuthorizationToken",
      region: "eu-west-1",
      path: "/",
      principal: alice.arn,
      outcome: "ok",
    });
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    assert.equal(host, new URL(aws.urls.tls).host);
  });

  it("are the same over HTTP", async () => {
    const remote = remoteControls(aws.urls.control);
    await remote.fail("GetAuthorizationToken", { code: "ServerException", times: 1 });
    await assert.rejects(ask(), { name: "ServerException" });
    assert.equal((await remote.calls()).GetAuthorizationToken, 1);
    assert.deepEqual(await remote.log(), aws.controls.log());
    const post = (path: string, body: string) =>
      fetch(`${aws.urls.control}${path}`, { method: "POST", body });
    assert.equal((await post("/constructor", "[]")).status, 404);
    assert.equal((await post("/fail", "{}")).status, 400);
  });

  it("restrict the proxy to clients with its login, and to AWS's hosts", async () => {
    const through = (proxy: string, host = "sts.us-east-1.amazonaws.com") =>
      fetch(`https://${host}/`, { proxy, tls: { ca: aws.ca } }).then(
        ({ status }) => status,
        () => "no connection",
      );
    const known = aws.urls.proxy.replace("//", "//test:login@");
    assert.equal(await through(known), 400);
    await through(aws.urls.proxy);
    await through(known, "www.example.com");
    assert.deepEqual(
      aws.controls
        .log()
        .filter(({ operation }) => operation === "Connect")
        .map(({ host, outcome }) => [host, outcome]),
      [
        ["sts.us-east-1.amazonaws.com:443", "ok"],
        ["sts.us-east-1.amazonaws.com:443", "407"],
        ["www.example.com:443", "502"],
      ],
    );
  });

  it("work on a stand-in in a separate process, which leaves nothing behind", async () => {
    const process = await startAwsProcess({ settings: { tokenLifeSeconds: 60 } });
    const folder = dirname(process.caFile);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const keys = { accessKeyId: "TESTKEYCAROL", secretAccessKey: "test-secret-of-carol" };
    await process.controls.putUser({ arn: "arn:aws:iam::111122223333:user/carol", ...keys });
    const { endpoint: _, ...config } = sdkConfig(aws, { keys });
    const answer = await new ECRClient({ ...config, endpoint: process.urls.plain }).send(
      new GetAuthorizationTokenCommand({}),
    );
    const life = (answer.authorizationData?.[0]?.expiresAt?.getTime() ?? 0) - Date.now();
    assert.ok(life > 0 && life <= 60_000);
    assert.equal((await process.controls.calls()).GetAuthorizationToken, 1);
    await process.stop();
    assert.equal(existsSync(folder), false);
  });
});
