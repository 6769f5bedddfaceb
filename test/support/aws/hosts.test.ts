import assert from "node:assert/strict";
import { hostNames, type Place, partitionOf, placeOf, registryHost } from "./hosts.ts";

const account = "111122223333";

const names: Readonly<Record<string, Place | undefined>> = {
  "api.ecr.us-east-1.amazonaws.com": { service: "ecr", region: "us-east-1" },
  "API.ECR.us-east-1.amazonaws.com:443": { service: "ecr", region: "us-east-1" },
  "api.ecr-fips.us-gov-west-1.amazonaws.com": { service: "ecr", region: "us-gov-west-1" },
  "ecr-fips.us-east-1.amazonaws.com": { service: "ecr", region: "us-east-1" },
  "ecr.eu-west-1.api.aws": { service: "ecr", region: "eu-west-1" },
  "api.ecr.cn-north-1.amazonaws.com.cn": { service: "ecr", region: "cn-north-1" },
  "ecr.cn-north-1.api.amazonwebservices.com.cn": { service: "ecr", region: "cn-north-1" },
  "api.ecr.eusc-de-east-1.amazonaws.eu": { service: "ecr", region: "eusc-de-east-1" },
  "api.ecr.us-iso-east-1.c2s.ic.gov": { service: "ecr", region: "us-iso-east-1" },
  "api.ecr.us-isob-east-1.sc2s.sgov.gov": { service: "ecr", region: "us-isob-east-1" },
  "vpce-0example.api.ecr.us-east-1.vpce.amazonaws.com": { service: "ecr", region: "us-east-1" },
  "api.ecr-public.us-east-1.amazonaws.com": { service: "ecr-public", region: "us-east-1" },
  "sts.amazonaws.com": { service: "sts", region: "us-east-1" },
  "sts.us-west-2.amazonaws.com": { service: "sts", region: "us-west-2" },
  "portal.sso.us-east-1.amazonaws.com": { service: "sso", region: "us-east-1" },
  "oidc.us-east-1.amazonaws.com": { service: "oidc", region: "us-east-1" },
  "public.ecr.aws": { service: "public-registry" },
  "ecr-public.aws.com": { service: "public-registry" },
  [`${account}.dkr.ecr.us-east-1.amazonaws.com`]: { service: "registry", region: "us-east-1", account },
  [`${account}.dkr.ecr-fips.us-east-1.amazonaws.com`]: { service: "registry", region: "us-east-1", account },
  [`${account}.dkr-ecr.us-east-1.on.aws`]: { service: "registry", region: "us-east-1", account },
  [`${account}.dkr-ecr-fips.us-east-1.on.aws`]: { service: "registry", region: "us-east-1", account },
  [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`]: { service: "registry", region: "cn-north-1", account },
  [`${account}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`]: {
    service: "registry",
    region: "cn-north-1",
    account,
  },
  "api.ecr-public.us-west-2.amazonaws.com": undefined,
  "api.ecr.cn-north-1.amazonaws.com": undefined,
  "api.ecr.us-east-1.amazonaws.com.cn": undefined,
  "1234.dkr.ecr.us-east-1.amazonaws.com": undefined,
  "api.ecr.us-east-1.amazonaws.com.example.com": undefined,
  "127.0.0.1:8443": undefined,
  constructor: undefined,
};

describe("stand-in AWS: host names", () => {
  for (const [name, place] of Object.entries(names)) {
    it(`${name} is ${place ? JSON.stringify(place) : "not AWS's"}`, () => {
      assert.deepEqual(placeOf(name), place);
    });
  }

  it("parses every name that it lists", () => {
    for (const name of hostNames(["us-east-1", "cn-north-1", "eusc-de-east-1", "us-isof-south-1"])) {
      assert.ok(placeOf(name.replace("*", account)), name);
    }
  });

  it("determines partitions and registries by region", () => {
    assert.equal(partitionOf("us-gov-east-1"), "aws-us-gov");
    assert.equal(partitionOf("xx-new-1"), "aws");
    assert.equal(registryHost(account, "eu-isoe-west-1"), `${account}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`);
  });
});
