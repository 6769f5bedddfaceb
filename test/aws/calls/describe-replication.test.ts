import assert from "node:assert/strict";
import type { Identity } from "../../../src/token/identity.ts";
import { keysOf } from "../../support/aws/environment.ts";
import { Asker, alice, ciRole, pullRole, user } from "../asker.ts";

const one = "111122223333";
const two = "444455556666";
const roleOf = (roleArn: string): Identity => ({ kind: "role", roleArn, source: { kind: "ambient" } });

describe("describeReplication", () => {
  let asker: Asker;
  before(async () => {
    asker = await Asker.start();
  });
  afterEach(() => asker.reset());
  after(() => asker.stop());

  it("tells where the registry replicates to, by ECR's API in its region", async () => {
    assert.deepEqual(await asker.askRules(), [
      { account: one, region: "us-west-2" },
      { account: two, region: "eu-west-1" },
    ]);
    assert.deepEqual(asker.served(), ["DescribeRegistry api.ecr.us-east-1.amazonaws.com"]);
  });

  it("asks under the identity that it was given", async () => {
    await asker.askRules({ identity: roleOf(ciRole) });
    assert.match(asker.lastPrincipal() ?? "", /assumed-role\/ci\//);
  });

  it("tells a destination of several rules once, whatever repositories they are for", async () => {
    const west = { region: "us-west-2", registryId: one };
    asker.aws.controls.setReplication(one, "us-east-1", [
      { destinations: [west], repositoryFilters: [{ filter: "prod/", filterType: "PREFIX_MATCH" }] },
      { destinations: [{ region: "eu-west-1", registryId: one }, west] },
    ]);
    assert.deepEqual(await asker.askRules(), [
      { account: one, region: "us-west-2" },
      { account: one, region: "eu-west-1" },
    ]);
  });

  it("tells of none where there are no rules", async () => {
    assert.deepEqual(await asker.askRules({ host: `${one}.dkr.ecr.eu-west-1.amazonaws.com` }), []);
  });

  it("takes no rules of another account for the registry's", async () => {
    for (const departure of [{ env: keysOf(user("bob")) }, { identity: roleOf(pullRole) }]) {
      const failure = await asker.failRules(departure);
      assert.equal(failure.code, "REPLICATION_ACCOUNT");
      assert.match(
        failure.message,
        new RegExp(`belongs to account ${two}, but only an identity of account ${one}`),
      );
      assert.match(failure.fix, new RegExp(`an identity of account ${one}`));
    }
  });

  it("names the action that is not allowed", async () => {
    const failure = await asker.failRules({ env: keysOf(user("mallory")) });
    assert.equal(failure.code, "ACCESS_DENIED");
    assert.match(failure.message, /user\/mallory lacks ecr:DescribeRegistry$/);
    assert.match(failure.fix, /^allow ecr:DescribeRegistry on resource/);
    asker.aws.controls.fail("DescribeRegistry", {
      status: 400,
      code: "AccessDeniedException",
      message: "no",
    });
    assert.match((await asker.failRules()).oneLine, /its principal lacks ecr:DescribeRegistry\. Fix: allow/);
  });

  it("ends with the signal where the API hangs", async () => {
    asker.aws.controls.hang("DescribeRegistry");
    const failure = await asker.failRules({ signal: AbortSignal.timeout(300) });
    assert.equal(failure.code, "TIMEOUT");
    assert.match(
      failure.message,
      /waiting for ECR at api\.ecr\.us-east-1\.amazonaws\.com through the proxy \S+ \(HTTPS_PROXY\)$/,
    );
  });

  it("refuses an answer that is not ECR's", async () => {
    const rule = { destinations: [{ region: "us-west-2" }] } as never;
    asker.aws.controls.setReplication(one, "us-east-1", [rule]);
    assert.equal((await asker.failRules()).code, "BAD_ANSWER");
  });

  it("is refused by keys that AWS does not know as a token is", async () => {
    const failure = await asker.failRules({ env: { ...keysOf(alice), AWS_ACCESS_KEY_ID: "TESTKEYNOBODY" } });
    assert.equal(failure.code, "KEYS_UNKNOWN");
  });
});
