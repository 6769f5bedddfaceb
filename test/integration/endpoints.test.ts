import assert from "node:assert/strict";
import { ciRole, keys, member, registry, useStanding, westRegistry } from "../support/program/standing.ts";
import { answered, told } from "../support/program/verdicts.ts";

const regions = [
  "us-east-1",
  "us-west-2",
  "cn-north-1",
  "us-gov-west-1",
  "eusc-de-east-1",
  "us-iso-east-1",
  "us-isob-east-1",
];

describe("the API endpoint for the host of a registry", () => {
  const standing = useStanding({ regions }, "proxy");

  /** The hosts that were called, in order. */
  const called = () =>
    standing.aws.controls
      .log()
      .filter(({ operation }) => operation !== "Connect")
      .map(({ host, outcome }) => (outcome === "ok" ? host : `${host}: ${outcome}`));

  const endpoints: Readonly<Record<string, string>> = {
    "111122223333.dkr.ecr.us-east-1.amazonaws.com": "api.ecr.us-east-1.amazonaws.com",
    "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com": "api.ecr-fips.us-east-1.amazonaws.com",
    "111122223333.dkr-ecr.us-west-2.on.aws": "ecr.us-west-2.api.aws",
    "111122223333.dkr-ecr-fips.us-west-2.on.aws": "ecr-fips.us-west-2.api.aws",
    "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn": "api.ecr.cn-north-1.amazonaws.com.cn",
    "111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn":
      "ecr.cn-north-1.api.amazonwebservices.com.cn",
    "111122223333.dkr.ecr.cn-north-1.on.amazonwebservices.com.cn":
      "ecr.cn-north-1.api.amazonwebservices.com.cn",
    "111122223333.dkr.ecr.us-gov-west-1.amazonaws.com": "api.ecr.us-gov-west-1.amazonaws.com",
    "111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com": "api.ecr-fips.us-gov-west-1.amazonaws.com",
    "111122223333.dkr-ecr.us-gov-west-1.on.aws": "ecr.us-gov-west-1.api.aws",
    "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu": "api.ecr.eusc-de-east-1.amazonaws.eu",
    "111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov": "api.ecr.us-iso-east-1.c2s.ic.gov",
    "111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov": "api.ecr.us-isob-east-1.sc2s.sgov.gov",
  };

  for (const [host, endpoint] of Object.entries(endpoints)) {
    it(`${host}: ${endpoint}`, async () => {
      // The region of the day plays no part.
      const alice = standing.user({ ...keys("alice"), AWS_REGION: "us-east-1" });
      answered(await alice.get(host), host);
      assert.deepEqual(called(), [endpoint]);
    });
  }

  it("is the FIPS or dual-stack one if the environment or the profile sets it", async () => {
    const user = standing.user({ AWS_PROFILE: "wishes" });
    user.writeAwsConfig({ "profile wishes": { use_fips_endpoint: "true", use_dualstack_endpoint: "true" } });
    user.writeAwsKeys({ wishes: member("alice") });
    const alice = () => standing.user(keys("alice"));
    answered(await alice().get(registry, { env: { AWS_USE_FIPS_ENDPOINT: "true" } }), registry);
    answered(await alice().get(registry, { env: { AWS_USE_DUALSTACK_ENDPOINT: "true" } }), registry);
    answered(await user.get(registry), registry);
    assert.deepEqual(called(), [
      "api.ecr-fips.us-east-1.amazonaws.com",
      "ecr.us-east-1.api.aws",
      "ecr-fips.us-east-1.api.aws",
    ]);
  });

  it("has a corresponding STS endpoint, in the registry's region and partition", async () => {
    const chinese = {
      arn: "arn:aws-cn:iam::111122223333:role/ci",
      trusts: ["arn:aws:iam::111122223333:user/alice"],
    };
    standing.aws.controls.putRole(chinese);
    const user = standing.user();
    user.writeAwsConfig({
      "profile role": { role_arn: ciRole, source_profile: "alice" },
      "profile fips": { role_arn: ciRole, source_profile: "alice", use_fips_endpoint: "true" },
      "profile chinese": { role_arn: chinese.arn, source_profile: "alice" },
    });
    user.writeAwsKeys({ alice: member("alice") });
    const cn = "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn";
    answered(await user.get(westRegistry, { env: { AWS_PROFILE: "role" } }), westRegistry);
    answered(await user.get(westRegistry, { env: { AWS_PROFILE: "fips" } }), westRegistry);
    answered(await user.get(cn, { env: { AWS_PROFILE: "chinese" } }), cn);
    assert.deepEqual(called(), [
      "sts.us-west-2.amazonaws.com",
      "api.ecr.us-west-2.amazonaws.com",
      "sts-fips.us-west-2.amazonaws.com",
      "api.ecr-fips.us-west-2.amazonaws.com",
      "sts.cn-north-1.amazonaws.com.cn",
      "api.ecr.cn-north-1.amazonaws.com.cn",
    ]);
  });
});

describe("a custom endpoint", () => {
  const standing = useStanding();
  const nowhere = "http://127.0.0.1:9";

  it("for one service takes precedence over that for all services", async () => {
    const user = standing.user({
      ...keys("alice"),
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_ECR: standing.aws.urls.plain,
    });
    answered(await user.get(registry), registry);
  });

  it("can be set in the AWS config file, for one service or for all", async () => {
    const { plain } = standing.aws.urls;
    const user = standing.user({ AWS_ENDPOINT_URL: undefined });
    user.write(
      ".aws/config",
      `[profile all]\nendpoint_url = ${plain}\n` +
        `[profile one]\nservices = mine\nendpoint_url = ${nowhere}\n[services mine]\necr =\n  endpoint_url = ${plain}\n`,
    );
    user.writeAwsKeys({ all: member("alice"), one: member("alice") });
    for (const profile of ["all", "one"]) {
      answered(await user.get(registry, { env: { AWS_PROFILE: profile } }), registry);
    }
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  it("of a FIPS registry is used unchanged", async () => {
    const host = registry.replace("ecr.", "ecr-fips.");
    const user = standing.user({ ...keys("alice"), AWS_USE_FIPS_ENDPOINT: "true" });
    answered(await user.get(host), host);
  });

  it("that is not a URL is reported", async () => {
    const user = standing.user({ ...keys("alice"), AWS_ENDPOINT_URL_ECR: "localhost:4566" });
    told(await user.get(registry), "BAD_ENDPOINT", registry, "AWS_ENDPOINT_URL_ECR");
  });

  it("that changes invalidates the token", async () => {
    const user = standing.user(keys("alice"));
    const first = answered(await user.get(registry), registry);
    const env = { AWS_ENDPOINT_URL: standing.aws.urls.plain };
    assert.notEqual(answered(await user.get(registry, { env }), registry), first);
    assert.equal(answered(await user.get(registry), registry), first);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });
});
