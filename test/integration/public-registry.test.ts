import assert from "node:assert/strict";
import { keys, publicRegistry, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { logOf } from "../support/program/state.ts";
import { answered, notFound, told } from "../support/program/verdicts.ts";

describe("ECR Public", () => {
  const standing = useStanding({}, "proxy");

  it("with credentials: a separate token, from us-east-1 regardless of the configured region", async () => {
    const alice = standing.user({
      ...keys("alice"),
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
    });
    const secret = answered(await alice.get(publicRegistry), publicRegistry);
    const calls = standing.aws.controls.log().filter(({ operation }) => operation !== "Connect");
    assert.deepEqual(
      calls.map(({ operation, host, region }) => ({ operation, host, region })),
      [
        {
          operation: "GetPublicAuthorizationToken",
          host: "api.ecr-public.us-east-1.amazonaws.com",
          region: "us-east-1",
        },
      ],
    );
    assert.equal(
      answered(await alice.get(`https://${publicRegistry}/`), `https://${publicRegistry}/`),
      secret,
    );
    assert.notEqual(answered(await alice.get(registry), registry), secret);
    assert.equal(standing.count("GetPublicAuthorizationToken"), 1);
  });

  it("with its dual-stack name: by the dual-stack endpoint", async () => {
    const host = "ecr-public.aws.com";
    answered(await standing.user(keys("alice")).get(host), host);
    assert.equal(standing.aws.controls.log().at(-1)?.host, "ecr-public.us-east-1.api.aws");
  });

  it("without any credentials: not found, so that Docker pulls anonymously", async () => {
    const nobody = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    notFound(await nobody.get(publicRegistry));
    told(await nobody.get(registry), "NO_CREDENTIALS", registry);
    assert.equal(standing.calls(), 0);
  });

  it("denied: not found, and the log names the missing actions", async () => {
    const mallory = standing.user(keys("mallory"));
    notFound(await mallory.get(publicRegistry));
    assert.match(logOf(mallory), /public\.ecr\.aws: pulls are anonymous/);
    assert.match(logOf(mallory), /ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken/);
    assert.equal((await mallory.list()).stdout, "{}\n");
  });

  it("unreachable with credentials: a reported failure", async () => {
    standing.aws.controls.refuse("GetPublicAuthorizationToken");
    told(await standing.user(keys("alice")).get(publicRegistry), "UNREACHABLE", publicRegistry);
  });

  it("does not use a private registry's token, or the other way round", async () => {
    const alice = standing.user(keys("alice"));
    await Promise.all(
      [publicRegistry, registry, westRegistry].map(async (host) => answered(await alice.get(host), host)),
    );
    assert.equal(standing.count("GetPublicAuthorizationToken"), 1);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });
});

describe("ECR Public on a machine without a role", () => {
  const standing = useStanding();

  it("allows anonymous pulls", async () => {
    standing.aws.controls.fail("ImdsRole", { status: 404 });
    const nobody = standing.user();
    notFound(await nobody.get(publicRegistry));
    told(await nobody.get(registry), "NO_CREDENTIALS", registry, "instance profile");
  });
});
