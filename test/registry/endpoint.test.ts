import assert from "node:assert/strict";
import { apiEndpoint, type EndpointSettings } from "../../src/registry/endpoint.ts";
import { parseHost } from "../../src/registry/host.ts";

const A = "123456789012";

const ENDPOINTS: [registry: string, api: string, endpointSettings?: EndpointSettings][] = [
  [`${A}.dkr.ecr.us-east-1.amazonaws.com`, "api.ecr.us-east-1.amazonaws.com"],
  [`${A}.dkr.ecr-fips.us-east-1.amazonaws.com`, "api.ecr-fips.us-east-1.amazonaws.com"],
  [`${A}.dkr-ecr.us-east-1.on.aws`, "ecr.us-east-1.api.aws"],
  [`${A}.dkr-ecr-fips.us-east-1.on.aws`, "ecr-fips.us-east-1.api.aws"],
  [`${A}.dkr.ecr.us-gov-west-1.amazonaws.com`, "api.ecr.us-gov-west-1.amazonaws.com"],
  [`${A}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`, "api.ecr-fips.us-gov-west-1.amazonaws.com"],
  [`${A}.dkr-ecr-fips.us-gov-west-1.on.aws`, "ecr-fips.us-gov-west-1.api.aws"],
  [`${A}.dkr.ecr.cn-north-1.amazonaws.com.cn`, "api.ecr.cn-north-1.amazonaws.com.cn"],
  [`${A}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`, "ecr.cn-north-1.api.amazonwebservices.com.cn"],
  [`${A}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, "api.ecr.eusc-de-east-1.amazonaws.eu"],
  [`${A}.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu`, "ecr.eusc-de-east-1.api.amazonwebservices.eu"],
  [`${A}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, "api.ecr.us-iso-east-1.c2s.ic.gov"],
  [`${A}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, "api.ecr.us-isob-east-1.sc2s.sgov.gov"],
  [`${A}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`, "api.ecr.eu-isoe-west-1.cloud.adc-e.uk"],
  [`${A}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`, "api.ecr.us-isof-south-1.csp.hci.ic.gov"],
  // Settings add variants to those of the host, and never remove any.
  [`${A}.dkr.ecr.us-east-1.amazonaws.com`, "api.ecr-fips.us-east-1.amazonaws.com", { fips: true }],
  [`${A}.dkr.ecr.us-east-1.amazonaws.com`, "ecr.us-east-1.api.aws", { dualStack: true }],
  [`${A}.dkr.ecr-fips.us-east-1.amazonaws.com`, "ecr-fips.us-east-1.api.aws", { dualStack: true }],
  [`${A}.dkr-ecr-fips.us-east-1.on.aws`, "ecr-fips.us-east-1.api.aws", { fips: false, dualStack: false }],
  [`${A}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, "ecr.us-iso-east-1.api.aws.ic.gov", { dualStack: true }],
  [`${A}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, "ecr.us-isob-east-1.api.aws.scloud", { dualStack: true }],
  [
    `${A}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`,
    "ecr.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
    { dualStack: true },
  ],
  [
    `${A}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`,
    "ecr.us-isof-south-1.api.aws.hci.ic.gov",
    { dualStack: true },
  ],
  ["public.ecr.aws", "api.ecr-public.us-east-1.amazonaws.com"],
  ["ecr-public.aws.com", "ecr-public.us-east-1.api.aws"],
  ["public.ecr.aws", "ecr-public.us-east-1.api.aws", { dualStack: true }],
  ["public.ecr.aws", "api.ecr-public.us-east-1.amazonaws.com", { fips: true }],
];

describe("apiEndpoint", () => {
  for (const [host, api, endpointSettings] of ENDPOINTS) {
    it(`of ${host}${endpointSettings ? ` with ${JSON.stringify(endpointSettings)}` : ""} is ${api}`, () => {
      const registry = parseHost(host);
      assert.ok(registry);
      assert.deepEqual(apiEndpoint(registry, endpointSettings), {
        url: `https://${api}`,
        host: api,
        region: registry.region,
        service: registry.kind === "public" ? "ecr-public" : "ecr",
      });
    });
  }
});
