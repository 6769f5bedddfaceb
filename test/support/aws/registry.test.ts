import assert from "node:assert/strict";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicToken } from "@aws-sdk/client-ecr-public";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { defaultCast } from "./cast.ts";
import { startFakeUpstream } from "./fake-upstream.ts";
import { type SdkOptions, sdkConfig, userNamed } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const alice = userNamed(defaultCast.users, "alice");
const bob = userNamed(defaultCast.users, "bob");
const own = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const other = "444455556666.dkr.ecr.us-east-1.amazonaws.com";

describe("stand-in AWS: registries", () => {
  // Taken when the tests begin: clients sign by the clock, and a whole run may take longer than a signature counts.
  let now: number;
  const clockOffsetMs = 43_200_001;
  let upstream: Awaited<ReturnType<typeof startFakeUpstream>>;
  let aws: StandIn;
  before(async () => {
    now = Date.now();
    upstream = await startFakeUpstream();
    const aliases = { "images.example.com": own };
    aws = await startAws({ upstream: upstream.url, aliases, now: () => now });
  });
  afterEach(() => aws.controls.reset());
  after(async () => {
    await aws.stop();
    await upstream.close();
  });

  const privateToken = async (keys: SdkOptions["keys"]): Promise<string> => {
    const ecr = new ECRClient(sdkConfig(aws, { keys }));
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    return authorizationData?.[0]?.authorizationToken ?? "";
  };
  const publicToken = async (): Promise<string> => {
    const client = new ECRPUBLICClient(sdkConfig(aws, { keys: alice }));
    return (await client.send(new GetPublicToken({}))).authorizationData?.authorizationToken ?? "";
  };
  const ask = (url: string, authorization?: string, init: RequestInit = {}) =>
    fetch(`https://${url}`, {
      ...init,
      ...(authorization === undefined ? {} : { headers: { authorization } }),
      tls: { ca: aws.ca },
      proxy: aws.urls.proxy,
    });
  const refusalOf = async (answer: Response) => {
    const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
    return [answer.status, errors[0]?.code, errors[0]?.message, answer.headers.get("www-authenticate")];
  };

  it("challenge clients without a login", async () => {
    for (const login of [undefined, `Basic ${btoa(":")}`]) {
      const answer = await ask(`${own}/v2/`, login);
      assert.equal(answer.status, 401);
      assert.equal(await answer.text(), "Not Authorized\n");
      const challenge = `Basic realm="https://${own}/",service="ecr.amazonaws.com"`;
      assert.equal(answer.headers.get("www-authenticate"), challenge);
    }
  });

  it("accept a token in its region, under every name of a registry and for every account", async () => {
    const login = `Basic ${await privateToken(alice)}`;
    for (const host of [own, other, "111122223333.dkr-ecr.us-east-1.on.aws", "images.example.com"]) {
      assert.equal((await ask(`${host}/v2/`, login)).status, 200, host);
    }
    const elsewhere = await ask("111122223333.dkr.ecr.us-west-2.amazonaws.com/v2/", login);
    assert.deepEqual(await refusalOf(elsewhere), [
      400,
      "DENIED",
      "Your Authorization Token is invalid.",
      null,
    ]);
  });

  it("refuse invalid, expired and revoked tokens, without a challenge", async () => {
    const login = `Basic ${await privateToken(alice)}`;
    const expired = "Your authorization token has expired. Reauthenticate and try again.";
    assert.equal((await ask(`${own}/v2/`, `Basic ${btoa("AWS:rubbish")}`)).status, 400);
    assert.equal((await ask(`${own}/v2/`, `Basic ${await publicToken()}`)).status, 400);
    aws.controls.set({ clockOffsetMs });
    assert.deepEqual(await refusalOf(await ask(`${own}/v2/`, login)), [403, "DENIED", expired, null]);
    aws.controls.set({ clockOffsetMs: 0 });
    assert.equal((await ask(`${own}/v2/`, login)).status, 200);
    aws.controls.revoke("all");
    assert.deepEqual(await refusalOf(await ask(`${own}/v2/`, login)), [403, "DENIED", expired, null]);
    assert.equal((await ask(`${own}/v2/`, `Basic ${await privateToken(alice)}`)).status, 200);
  });

  it("can invalidate a token with the session that requested it", async () => {
    const RoleArn = "arn:aws:iam::111122223333:role/ci";
    const assumed = await new STSClient(sdkConfig(aws, { keys: alice })).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "test", DurationSeconds: 900 }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = assumed.Credentials ?? {};
    const token = await privateToken({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
    aws.controls.set({ clockOffsetMs: 900_000 });
    assert.equal((await ask(`${own}/v2/`, `Basic ${token}`)).status, 200);
    aws.controls.set({ tokensEndWithSession: true });
    assert.equal((await ask(`${own}/v2/`, `Basic ${token}`)).status, 403);
  });

  it("report whose policy is missing", async () => {
    const login = `Basic ${await privateToken(bob)}`;
    const [status, code, message] = await refusalOf(await ask(`${own}/v2/team/app/manifests/1`, login));
    assert.deepEqual([status, code], [403, "DENIED"]);
    assert.equal(
      message,
      "User: arn:aws:iam::444455556666:user/bob is not authorized to perform: ecr:BatchGetImage on resource: " +
        "arn:aws:ecr:us-east-1:111122223333:repository/team/app because no resource-based policy allows the " +
        "ecr:BatchGetImage action",
    );
    aws.controls.putUser({ ...bob, accessKeyId: "TESTKEYBOBBY", rights: { pull: [] } });
    const powerless = await privateToken({ ...bob, accessKeyId: "TESTKEYBOBBY" });
    const [, , ownMessage] = await refusalOf(
      await ask(`${other}/v2/app/blobs/sha256:00`, `Basic ${powerless}`),
    );
    assert.match(String(ownMessage), /no identity-based policy allows the ecr:GetDownloadUrlForLayer action/);
  });

  it("pass requests on, each registry to its own path, and hide that path", async () => {
    const login = `Basic ${await privateToken(alice)}`;
    upstream.seen.length = 0;
    const mount = "mount=sha256:00&from=team/base";
    const started = await ask(`${own}/v2/team/app/blobs/uploads/?${mount}`, login, { method: "POST" });
    assert.equal(
      started.headers.get("location"),
      `https://${own}/v2/team/app/blobs/uploads/an-upload?_state=x`,
    );
    const [post] = upstream.seen;
    assert.equal(
      post?.target,
      "/v2/111122223333-us-east-1/team/app/blobs/uploads/?mount=sha256:00&from=111122223333-us-east-1%2Fteam/base",
    );
    assert.equal(post?.headers.authorization, undefined);

    const tags = await ask(`${other}/v2/team/app/tags/list`, login);
    assert.deepEqual(await tags.json(), { name: "team/app", tags: ["1"] });
    assert.equal(tags.headers.get("link"), '</v2/team/app/tags/list?last=1>; rel="next"');
    assert.equal(upstream.seen.at(-1)?.target, "/v2/444455556666-us-east-1/team/app/tags/list");

    const head = await ask(`${own}/v2/team/app/blobs/sha256:00`, login, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), "5");
    const none = await refusalOf(await ask(`${own}/v2/team/app/manifests/none`, login));
    assert.equal(
      none[2],
      "The repository with name 'team/app' does not exist in the registry with id '111122223333'",
    );
  });

  it("stream layers up", async () => {
    const login = `Basic ${await privateToken(alice)}`;
    const body = new Blob([new Uint8Array(3_000_000)]).stream();
    const sent = await ask(`${own}/v2/app/blobs/uploads/x`, login, { method: "PATCH", body });
    assert.equal(sent.status, 200);
    assert.equal(upstream.seen.at(-1)?.bytes, 3_000_000);
  });

  it("allow anonymous pulls from the public one, with a bearer token", async () => {
    const challenged = await ask("public.ecr.aws/v2/");
    const challenge = 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"';
    assert.deepEqual([challenged.status, challenged.headers.get("www-authenticate")], [401, challenge]);
    const bearer = async (login?: string) => {
      const { token } = (await (await ask("public.ecr.aws/token/", login)).json()) as { token: string };
      return `Bearer ${token}`;
    };
    const anybody = await bearer();
    assert.equal((await ask("public.ecr.aws/v2/x/app/manifests/1", anybody)).status, 200);
    const push = { method: "PUT", body: "{}" };
    assert.equal((await ask("public.ecr.aws/v2/x/app/manifests/1", anybody, push)).status, 403);
    const known = await bearer(`Basic ${await publicToken()}`);
    assert.equal((await ask("public.ecr.aws/v2/x/app/manifests/1", known, push)).status, 200);
    assert.equal(upstream.seen.at(-1)?.target, "/v2/public/x/app/manifests/1");
  });

  it("refuse a stale login to the public one, and a basic one outside /token/, with 400", async () => {
    const login = `Basic ${await publicToken()}`;
    const foreign = `Basic ${await privateToken(alice)}`;
    assert.equal((await ask("public.ecr.aws/v2/", login)).status, 400);
    assert.equal((await ask("public.ecr.aws/token/", foreign)).status, 400);
    aws.controls.set({ clockOffsetMs });
    assert.equal((await ask("public.ecr.aws/token/", login)).status, 400);
  });

  it("are empty without a registry behind them", async () => {
    const empty = await startAws();
    const { authorizationData } = await new ECRClient(sdkConfig(empty, { keys: alice })).send(
      new GetAuthorizationTokenCommand({}),
    );
    const get = (path: string) =>
      fetch(`https://${own}${path}`, {
        headers: { authorization: `Basic ${authorizationData?.[0]?.authorizationToken}` },
        tls: { ca: empty.ca },
        proxy: empty.urls.proxy,
      });
    assert.equal((await get("/v2/")).status, 200);
    assert.equal((await refusalOf(await get("/v2/app/manifests/1")))[1], "NAME_UNKNOWN");
    assert.equal((await get("/v2/_catalog")).status, 404);
    await empty.stop();
  });
});
