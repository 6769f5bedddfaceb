import assert from "node:assert/strict";
import { alice, ciRole, pullRole, TokenClient } from "../aws/token-client.ts";
import { keysOf } from "../support/aws/environment.ts";

const hour = 3_600_000;
const partner = "arn:aws:iam::444455556666:role/partner";
const assumed = "arn:aws:sts::444455556666:assumed-role";

describe("fetchToken: credential_source", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  const profile = (name: string, env = {}) => ({
    identity: { kind: "profile", profile: name } as const,
    env,
  });
  const byNamed = (source: string, rest = "") =>
    client.writeConfig(`[profile p]\nrole_arn = ${pullRole}\ncredential_source = ${source}\n${rest}`);
  const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${client.aws.urls.container}/creds` });

  it("uses the environment's keys, regardless of other variables", async () => {
    byNamed("Environment");
    await client.fetchToken(profile("p", { ...keysOf(alice), ...container() }));
    assert.equal(client.lastPrincipal(), `${assumed}/ecr-pull/docker-credential-ecr`);
    assert.deepEqual(client.served(), [
      "AssumeRole sts.us-east-1.amazonaws.com",
      "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
    ]);
  });

  it("uses the container's credentials, even if the environment has keys", async () => {
    byNamed("EcsContainer", "role_session_name = from-task\n");
    await client.fetchToken(profile("p", { ...keysOf(alice), ...container() }));
    assert.equal(client.lastPrincipal(), `${assumed}/ecr-pull/from-task`);
    assert.equal(client.aws.controls.calls().ContainerCredentials, 1);
  });

  it("uses the instance's credentials, also with AWS_PROFILE", async () => {
    byNamed("Ec2InstanceMetadata");
    const token = await client.fetchToken({ env: { AWS_PROFILE: "p" } });
    assert.equal(client.lastPrincipal(), `${assumed}/ecr-pull/docker-credential-ecr`);
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - hour) < 60_000);
    assert.equal(client.aws.controls.calls().ImdsToken, 1);
  });

  it("assumes each role of the chain, with all its profile's settings", async () => {
    client.aws.controls.putRole({
      arn: partner,
      trusts: [ciRole],
      externalId: "partner-17",
      maxSessionSeconds: 7_200,
    });
    client.writeConfig(`
[profile outer]
role_arn = ${partner}
source_profile = middle
external_id = partner-17
role_session_name = build-42
duration_seconds = 3000
[profile middle]
role_arn = ${ciRole}
source_profile = keys
[profile keys]
credential_source = Environment
`);
    const token = await client.fetchToken(profile("outer", keysOf(alice)));
    assert.equal(client.lastPrincipal(), `${assumed}/partner/build-42`);
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - 3_000_000) < 60_000);
    assert.equal(client.aws.controls.calls().AssumeRole, 2);
  });

  it("ends within the time limit if the instance metadata service does not respond", async () => {
    byNamed("Ec2InstanceMetadata");
    client.aws.controls.hang("Imds*");
    const begun = performance.now();
    const failure = await client.tokenFailure({ ...profile("p"), limits: { instanceMetadata: 60 } });
    assert.ok(performance.now() - begun < 2_400);
    assert.equal(failure.code, "NO_CREDENTIALS");
    assert.match(
      failure.message,
      /credential_source of profile p \(\S+config:3\) has none: .*did not answer/,
    );
  });

  it("ends within the time limit if the container endpoint does not respond", async () => {
    byNamed("EcsContainer");
    client.aws.controls.hang("ContainerCredentials");
    const begun = performance.now();
    const failure = await client.tokenFailure({ ...profile("p", container()), limits: { request: 60 } });
    assert.ok(performance.now() - begun < 4_500);
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /127\.0\.0\.1:\d+ \(set by AWS_CONTAINER_CREDENTIALS_FULL_URI\) did not answer in time/,
    );
  });

  it("succeeds with a slow container endpoint", async () => {
    byNamed("EcsContainer");
    client.aws.controls.latency("ContainerCredentials", 120);
    const { warn, error } = console;
    const said: unknown[] = [];
    console.warn = console.error = (...words) => void said.push(words);
    try {
      await client.fetchToken(profile("p", container()));
    } finally {
      Object.assign(console, { warn, error });
    }
    assert.deepEqual(said, []);
  });

  for (const [source, words] of [
    ["Environment", /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set/],
    ["EcsContainer", /the environment contains no container credentials endpoint/],
  ] as const) {
    it(`reports that ${source} has no credentials`, async () => {
      byNamed(source);
      const failure = await client.tokenFailure(profile("p"));
      assert.equal(failure.code, "NO_CREDENTIALS");
      assert.match(failure.message, words);
    });
  }

  it("reports an unknown source", async () => {
    byNamed("Ec2");
    assert.equal((await client.tokenFailure(profile("p"))).code, "PROFILE_INCOMPLETE");
  });

  for (const [duration, seconds] of [
    ["900", 900],
    ["long", 3_600],
    ["900 ; a comment", 3_600],
    ["900s", 3_600],
    ["", 3_600],
  ] as const) {
    it(`reads duration_seconds = ${duration} as ${seconds} seconds, as the AWS CLI does`, async () => {
      byNamed("Environment", `duration_seconds = ${duration}\n`);
      const token = await client.fetchToken(profile("p", keysOf(alice)));
      assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - seconds * 1_000) < 60_000);
    });
  }

  it("does not ask for an MFA code, and sends no request", async () => {
    byNamed("Ec2InstanceMetadata", "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n");
    assert.equal((await client.tokenFailure(profile("p"))).code, "MFA_REQUIRED");
    assert.deepEqual(client.served(), []);
  });
});
