import assert from "node:assert/strict";
import type { Identity } from "../../../src/token/identity.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { alice, ciRole, pullRole, TokenClient, user } from "../token-client.ts";

const one = "111122223333";
const two = "444455556666";
const roleOf = (roleArn: string): Identity => ({ kind: "role", roleArn, source: { kind: "ambient" } });

describe("describeReplication", () => {
  let client: TokenClient;
  before(async () => {
    client = await TokenClient.start();
  });
  afterEach(() => client.reset());
  after(() => client.stop());

  it("returns the replication destinations, from ECR's API in the registry's region", async () => {
    assert.deepEqual(await client.fetchRules(), [
      { account: one, region: "us-west-2" },
      { account: two, region: "eu-west-1" },
    ]);
    assert.deepEqual(client.served(), ["DescribeRegistry api.ecr.us-east-1.amazonaws.com"]);
  });

  it("uses the given identity", async () => {
    await client.fetchRules({ identity: roleOf(ciRole) });
    assert.match(client.lastPrincipal() ?? "", /assumed-role\/ci\//);
  });

  it("returns a destination of several rules once, regardless of their repository filters", async () => {
    const west = { region: "us-west-2", registryId: one };
    client.aws.controls.setReplication(one, "us-east-1", [
      { destinations: [west], repositoryFilters: [{ filter: "prod/", filterType: "PREFIX_MATCH" }] },
      { destinations: [{ region: "eu-west-1", registryId: one }, west] },
    ]);
    assert.deepEqual(await client.fetchRules(), [
      { account: one, region: "us-west-2" },
      { account: one, region: "eu-west-1" },
    ]);
  });

  it("returns no destinations without rules", async () => {
    assert.deepEqual(await client.fetchRules({ host: `${one}.dkr.ecr.eu-west-1.amazonaws.com` }), []);
  });

  it("refuses rules of another account", async () => {
    for (const options of [{ env: keysOf(user("bob")) }, { identity: roleOf(pullRole) }]) {
      const failure = await client.rulesFailure(options);
      assert.equal(failure.code, "REPLICATION_ACCOUNT");
      assert.match(
        failure.message,
        new RegExp(`belongs to account ${two}, but only an identity of account ${one}`),
      );
      assert.match(failure.fix, new RegExp(`an identity of account ${one}`));
    }
  });

  it("names the denied action", async () => {
    const failure = await client.rulesFailure({ env: keysOf(user("mallory")) });
    assert.equal(failure.code, "ACCESS_DENIED");
    assert.match(failure.message, /user\/mallory lacks ecr:DescribeRegistry$/);
    assert.match(failure.fix, /^allow ecr:DescribeRegistry on resource/);
    client.aws.controls.fail("DescribeRegistry", {
      status: 400,
      code: "AccessDeniedException",
      message: "no",
    });
    assert.match(
      (await client.rulesFailure()).oneLine,
      /its principal lacks ecr:DescribeRegistry\. Fix: allow/,
    );
  });

  it("ends on the abort signal if the API hangs", async () => {
    client.aws.controls.hang("DescribeRegistry");
    const failure = await client.rulesFailure({ signal: AbortSignal.timeout(300) });
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /waiting for ECR at api\.ecr\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("refuses a malformed response", async () => {
    const rule = { destinations: [{ region: "us-west-2" }] } as never;
    client.aws.controls.setReplication(one, "us-east-1", [rule]);
    assert.equal((await client.rulesFailure()).code, "BAD_ANSWER");
  });

  it("reports invalid keys as fetching a token does", async () => {
    const failure = await client.rulesFailure({
      env: { ...keysOf(alice), AWS_ACCESS_KEY_ID: "TESTKEYNOBODY" },
    });
    assert.equal(failure.code, "KEYS_UNKNOWN");
  });
});
