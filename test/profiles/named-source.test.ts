import assert from "node:assert/strict";
import { Asker, alice, ciRole, pullRole } from "../aws/asker.ts";
import { keysOf } from "../support/aws/environment.ts";

const hour = 3_600_000;
const partner = "arn:aws:iam::444455556666:role/partner";
const assumed = "arn:aws:sts::444455556666:assumed-role";

describe("fetchToken: credential_source", () => {
  let asker: Asker;
  before(async () => {
    asker = await Asker.start();
  });
  afterEach(() => asker.reset());
  after(() => asker.stop());

  const profile = (name: string, env = {}) => ({
    identity: { kind: "profile", profile: name } as const,
    env,
  });
  const byNamed = (source: string, rest = "") =>
    asker.writeConfig(`[profile p]\nrole_arn = ${pullRole}\ncredential_source = ${source}\n${rest}`);
  const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${asker.aws.urls.container}/creds` });

  it("takes the environment's keys, whatever else the environment has", async () => {
    byNamed("Environment");
    await asker.ask(profile("p", { ...keysOf(alice), ...container() }));
    assert.equal(asker.lastPrincipal(), `${assumed}/ecr-pull/docker-credential-ecr`);
    assert.deepEqual(asker.served(), [
      "AssumeRole sts.us-east-1.amazonaws.com",
      "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
    ]);
  });

  it("takes the container's, though the environment has keys", async () => {
    byNamed("EcsContainer", "role_session_name = from-task\n");
    await asker.ask(profile("p", { ...keysOf(alice), ...container() }));
    assert.equal(asker.lastPrincipal(), `${assumed}/ecr-pull/from-task`);
    assert.equal(asker.aws.controls.calls().ContainerCredentials, 1);
  });

  it("takes the instance's, by AWS_PROFILE too", async () => {
    byNamed("Ec2InstanceMetadata");
    const token = await asker.ask({ env: { AWS_PROFILE: "p" } });
    assert.equal(asker.lastPrincipal(), `${assumed}/ecr-pull/docker-credential-ecr`);
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - hour) < 60_000);
    assert.equal(asker.aws.controls.calls().ImdsToken, 1);
  });

  it("assumes every role on the way back, with all that its profile names", async () => {
    asker.aws.controls.putRole({
      arn: partner,
      trusts: [ciRole],
      externalId: "partner-17",
      maxSessionSeconds: 7_200,
    });
    asker.writeConfig(`
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
    const token = await asker.ask(profile("outer", keysOf(alice)));
    assert.equal(asker.lastPrincipal(), `${assumed}/partner/build-42`);
    assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - 3_000_000) < 60_000);
    assert.equal(asker.aws.controls.calls().AssumeRole, 2);
  });

  it("ends within the limit where the instance metadata service is mute", async () => {
    byNamed("Ec2InstanceMetadata");
    asker.aws.controls.hang("Imds*");
    const begun = performance.now();
    const failure = await asker.fail({ ...profile("p"), limits: { instanceMetadata: 60 } });
    assert.ok(performance.now() - begun < 1_000);
    assert.equal(failure.code, "NO_CREDENTIALS");
    assert.match(
      failure.message,
      /credential_source of profile p \(\S+config:3\) has none: .*did not answer/,
    );
  });

  it("ends within the limit where the container's endpoint is mute", async () => {
    byNamed("EcsContainer");
    asker.aws.controls.hang("ContainerCredentials");
    const begun = performance.now();
    const failure = await asker.fail({ ...profile("p", container()), limits: { request: 60 } });
    assert.ok(performance.now() - begun < 1_000);
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /127\.0\.0\.1:\d+ \(set by AWS_CONTAINER_CREDENTIALS_FULL_URI\) did not answer in time/,
    );
  });

  it("succeeds without a word where the container's endpoint is slow", async () => {
    byNamed("EcsContainer");
    asker.aws.controls.latency("ContainerCredentials", 120);
    const { warn, error } = console;
    const said: unknown[] = [];
    console.warn = console.error = (...words) => void said.push(words);
    try {
      await asker.ask(profile("p", container()));
    } finally {
      Object.assign(console, { warn, error });
    }
    assert.deepEqual(said, []);
  });

  for (const [source, words] of [
    ["Environment", /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set/],
    ["EcsContainer", /the environment contains no container credentials endpoint/],
  ] as const) {
    it(`tells that ${source} has none`, async () => {
      byNamed(source);
      const failure = await asker.fail(profile("p"));
      assert.equal(failure.code, "NO_CREDENTIALS");
      assert.match(failure.message, words);
    });
  }

  it("tells of a source that there is not", async () => {
    byNamed("Ec2");
    assert.equal((await asker.fail(profile("p"))).code, "PROFILE_INCOMPLETE");
  });

  for (const [duration, seconds] of [
    ["900", 900],
    ["long", 3_600],
    ["900 ; a comment", 3_600],
    ["900s", 3_600],
    ["", 3_600],
  ] as const) {
    it(`takes duration_seconds = ${duration} for ${seconds} seconds, as the AWS CLI does`, async () => {
      byNamed("Environment", `duration_seconds = ${duration}\n`);
      const token = await asker.ask(profile("p", keysOf(alice)));
      assert.ok(Math.abs((token.sessionEndsAt ?? 0) - Date.now() - seconds * 1_000) < 60_000);
    });
  }

  it("asks for no code of an MFA device, and nobody for anything", async () => {
    byNamed("Ec2InstanceMetadata", "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n");
    assert.equal((await asker.fail(profile("p"))).code, "MFA_REQUIRED");
    assert.deepEqual(asker.served(), []);
  });
});
