import assert from "node:assert/strict";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { type Cast, defaultCast } from "./cast.ts";
import { sdkConfig, userNamed } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const alice = userNamed(defaultCast.users, "alice");
const bob = userNamed(defaultCast.users, "bob");
const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

const cast: Partial<Cast> = {
  roles: [
    ...defaultCast.roles,
    { arn: role("short"), trusts: ["111122223333"] },
    { arn: role("partner"), trusts: ["*"], externalId: "test-external-id" },
  ],
  webIdentities: [
    ...defaultCast.webIdentities,
    { token: "test-stale-identity", subject: "x", roles: [role("ci")], expiresAt: 1000 },
  ],
};

describe("stand-in AWS: STS", () => {
  // Taken when the tests begin: clients sign by the clock, and a whole run may take longer than a signature counts.
  let now: number;
  let aws: StandIn;
  before(async () => {
    now = Date.now();
    aws = await startAws({ cast, now: () => now });
  });
  afterEach(() => aws.controls.reset());
  after(() => aws.stop());

  const assume = async (
    input: Partial<AssumeRoleCommandInput>,
    keys: Parameters<typeof sdkConfig>[1]["keys"] = alice,
  ) => {
    const sts = new STSClient(sdkConfig(aws, { keys }));
    const full = { RoleArn: role("ci"), RoleSessionName: "test", ...input };
    const { Credentials: session } = await sts.send(new AssumeRoleCommand(full));
    return {
      accessKeyId: session?.AccessKeyId ?? "",
      secretAccessKey: session?.SecretAccessKey ?? "",
      sessionToken: session?.SessionToken ?? "",
      seconds: Math.ceil(((session?.Expiration?.getTime() ?? 0) - now) / 1000),
    };
  };

  it("assumes a role for the requested duration", async () => {
    assert.equal((await assume({})).seconds, 3600);
    assert.equal((await assume({ DurationSeconds: 900 })).seconds, 900);
    assert.equal((await assume({ DurationSeconds: 43_200 })).seconds, 43_200);
    aws.controls.set({ sessionLifeSeconds: 10 });
    assert.equal((await assume({})).seconds, 10);
  });

  it("limits durations to STS's and the role's limits, and to an hour for chained roles", async () => {
    const invalid = (message: RegExp) => ({ name: "ValidationError", message });
    await assert.rejects(assume({ DurationSeconds: 899 }), invalid(/greater than or equal to 900/));
    await assert.rejects(assume({ DurationSeconds: 43_201 }), invalid(/less than or equal to 43200/));
    const short = assume({ RoleArn: role("short"), DurationSeconds: 3601 });
    await assert.rejects(short, invalid(/exceeds the MaxSessionDuration set for this role/));
    const session = await assume({});
    const next = { RoleArn: "arn:aws:iam::444455556666:role/ecr-pull" };
    assert.equal((await assume(next, session)).seconds, 3600);
    await assert.rejects(
      assume({ ...next, DurationSeconds: 3601 }, session),
      invalid(/exceeds the 1 hour session limit for roles assumed by role chaining/),
    );
  });

  it("accepts principals that the role trusts, with the right external id", async () => {
    const denied = {
      name: "AccessDenied",
      message: /is not authorized to perform: sts:AssumeRole on resource/,
    };
    await assert.rejects(assume({}, bob), denied);
    await assert.rejects(assume({ RoleArn: role("short") }, bob), denied);
    await assert.rejects(assume({ RoleArn: role("nobody-made-it") }), denied);
    await assert.rejects(assume({ RoleArn: role("partner") }, bob), denied);
    await assume({ RoleArn: role("partner"), ExternalId: "test-external-id" }, bob);
    await assume({ RoleArn: role("short") });
  });

  it("refuses an invalid session name", async () => {
    await assert.rejects(assume({ RoleSessionName: "with space" }), { name: "ValidationError" });
  });

  it("accepts unsigned web identity tokens", async () => {
    const sts = new STSClient(sdkConfig(aws, { keys: { accessKeyId: "TESTNONE", secretAccessKey: "none" } }));
    const ask = (token: string, arn = role("ci")) =>
      sts.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: arn,
          RoleSessionName: "test",
          WebIdentityToken: token,
        }),
      );
    const answer = await ask("test-web-identity-token");
    assert.equal(answer.SubjectFromWebIdentityToken, "repo:example/app");
    const session = {
      accessKeyId: answer.Credentials?.AccessKeyId ?? "",
      secretAccessKey: answer.Credentials?.SecretAccessKey ?? "",
      sessionToken: answer.Credentials?.SessionToken ?? "",
    };
    const me = await new STSClient(sdkConfig(aws, { keys: session })).send(new GetCallerIdentityCommand({}));
    assert.equal(me.Arn, "arn:aws:sts::111122223333:assumed-role/ci/test");
    await assert.rejects(ask("test-made-up"), { name: /^InvalidIdentityToken/ });
    await assert.rejects(ask("test-stale-identity"), { name: "ExpiredTokenException" });
    await assert.rejects(ask("test-web-identity-token", role("short")), { name: "AccessDenied" });
  });
});
