import assert from "node:assert/strict";
import { DescribeRegistryCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicToken } from "@aws-sdk/client-ecr-public";
import { defaultCast } from "./cast.ts";
import { sdkConfig, userNamed } from "./sdk.ts";
import { type StandIn, startAws } from "./stand-in.ts";

const alice = userNamed(defaultCast.users, "alice");
const mallory = userNamed(defaultCast.users, "mallory");

describe("stand-in AWS: ECR", () => {
  // Set when the tests begin: clients sign with the current time, and a run may take longer than a signature is valid.
  let now: number;
  let aws: StandIn;
  before(async () => {
    now = Date.now();
    aws = await startAws({ now: () => now });
  });
  afterEach(() => aws.controls.reset());
  after(() => aws.stop());

  it("returns tokens in ECR's form and size", async () => {
    const ecr = new ECRClient(sdkConfig(aws, { keys: alice, region: "eu-west-1" }));
    const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const [data] = authorizationData;
    const token = data?.authorizationToken ?? "";
    assert.equal(authorizationData.length, 1);
    assert.equal(data?.proxyEndpoint, "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com");
    assert.equal(data?.expiresAt?.getTime(), now + 43_200_000);
    assert.ok(token.length >= 2368 && token.length <= 2714, `${token.length} characters`);
    const [user, password = ""] = Buffer.from(token, "base64").toString().split(":");
    assert.equal(user, "AWS");
    const { payload, datakey, ...rest } = JSON.parse(Buffer.from(password, "base64").toString());
    assert.ok(payload && datakey);
    const expiration = Math.floor((now + 43_200_000) / 1000);
    assert.deepEqual(rest, { version: "2", type: "DATA_KEY", expiration });
  });

  it("returns tokens for each requested registry", async () => {
    const ecr = new ECRClient(sdkConfig(aws, { keys: alice, region: "cn-north-1" }));
    const registryIds = ["111122223333", "444455556666"];
    const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({ registryIds }));
    assert.deepEqual(
      authorizationData.map((data) => data.proxyEndpoint),
      registryIds.map((account) => `https://${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`),
    );
    const wrong = ecr.send(new GetAuthorizationTokenCommand({ registryIds: ["1"] }));
    await assert.rejects(wrong, { name: "InvalidParameterException" });
  });

  it("returns public tokens as one object", async () => {
    aws.controls.set({ tokenLifeSeconds: 60 });
    const client = new ECRPUBLICClient(sdkConfig(aws, { keys: alice }));
    const { authorizationData } = await client.send(new GetPublicToken({}));
    assert.equal(authorizationData?.expiresAt?.getTime(), now + 60_000);
  });

  it("returns the replication of the caller's own registry", async () => {
    const describe = async (region: string) => {
      const answer = await new ECRClient(sdkConfig(aws, { keys: alice, region })).send(
        new DescribeRegistryCommand({}),
      );
      assert.equal(answer.registryId, "111122223333");
      return answer.replicationConfiguration?.rules ?? [];
    };
    assert.deepEqual(await describe("us-east-1"), defaultCast.replication["111122223333/us-east-1"]);
    assert.deepEqual(await describe("us-west-2"), []);
    const rules = [{ destinations: [{ region: "us-east-1", registryId: "444455556666" }] }];
    aws.controls.setReplication("111122223333", "us-west-2", rules);
    assert.deepEqual(await describe("us-west-2"), rules);
    aws.controls.reset();
    assert.deepEqual(await describe("us-west-2"), []);
  });

  it("denies actions without permission", async () => {
    const ecr = new ECRClient(sdkConfig(aws, { keys: mallory }));
    const denied = {
      name: "AccessDeniedException",
      message: /user\/mallory is not authorized to perform: ecr:/,
    };
    await assert.rejects(ecr.send(new GetAuthorizationTokenCommand({})), denied);
    await assert.rejects(ecr.send(new DescribeRegistryCommand({})), denied);
    const open = new ECRPUBLICClient(sdkConfig(aws, { keys: mallory }));
    await assert.rejects(open.send(new GetPublicToken({})), { name: "AccessDeniedException" });
  });
});
