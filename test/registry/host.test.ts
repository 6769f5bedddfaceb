import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHost, privateHost } from "../../src/registry/host.ts";
import type { Partition } from "../../src/registry/registry.ts";

const A = "123456789012";

/** By host: region, partition, FIPS, dual-stack. The account is always A. */
const PRIVATE: [host: string, region: string, partition: Partition, fips: boolean, dualStack: boolean][] = [
  [`${A}.dkr.ecr.us-east-1.amazonaws.com`, "us-east-1", "aws", false, false],
  [`${A}.dkr.ecr-fips.us-west-2.amazonaws.com`, "us-west-2", "aws", true, false],
  [`${A}.dkr-ecr.eu-central-1.on.aws`, "eu-central-1", "aws", false, true],
  [`${A}.dkr-ecr-fips.us-east-2.on.aws`, "us-east-2", "aws", true, true],
  [`${A}.dkr.ecr.ap-southeast-7.amazonaws.com`, "ap-southeast-7", "aws", false, false],
  [`${A}.dkr.ecr.mx-central-1.amazonaws.com`, "mx-central-1", "aws", false, false],
  [`${A}.dkr.ecr.us-gov-west-1.amazonaws.com`, "us-gov-west-1", "aws-us-gov", false, false],
  [`${A}.dkr.ecr-fips.us-gov-east-1.amazonaws.com`, "us-gov-east-1", "aws-us-gov", true, false],
  [`${A}.dkr-ecr-fips.us-gov-east-1.on.aws`, "us-gov-east-1", "aws-us-gov", true, true],
  [`${A}.dkr.ecr.cn-north-1.amazonaws.com.cn`, "cn-north-1", "aws-cn", false, false],
  [`${A}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`, "cn-northwest-1", "aws-cn", false, true],
  [`${A}.dkr.ecr.cn-northwest-1.on.amazonwebservices.com.cn`, "cn-northwest-1", "aws-cn", false, true],
  [`${A}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, "eusc-de-east-1", "aws-eusc", false, false],
  [`${A}.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu`, "eusc-de-east-1", "aws-eusc", false, true],
  [`${A}.dkr.ecr.us-iso-east-1.c2s.ic.gov`, "us-iso-east-1", "aws-iso", false, false],
  [`${A}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`, "us-isob-east-1", "aws-iso-b", false, false],
  [`${A}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`, "eu-isoe-west-1", "aws-iso-e", false, false],
  [`${A}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`, "us-isof-south-1", "aws-iso-f", false, false],
  // An unknown region: the suffix alone decides.
  [`${A}.dkr.ecr.aq-central-12.amazonaws.com`, "aq-central-12", "aws", false, false],
  [`${A}.dkr.ecr.tw-east-1.amazonaws.com.cn`, "tw-east-1", "aws-cn", false, false],
];

const NOT_ECR = [
  "",
  "docker.io",
  "ghcr.io",
  "localhost:5000",
  "ecr.aws",
  "xpublic.ecr.aws",
  "public.ecr.aws.",
  "public.ecr.aws.evil.com",
  "public-ecr.aws",
  "ecr-public.us-east-1.amazonaws.com",
  "api.ecr.us-east-1.amazonaws.com",
  `${A}.dkr.ecr.us-east-1.amazonaws.com.`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com.evil.com`,
  `evil.com.${A}.dkr.ecr.us-east-1.amazonaws.com`,
  `x${A}.dkr.ecr.us-east-1.amazonaws.com`,
  "12345678901.dkr.ecr.us-east-1.amazonaws.com",
  "1234567890123.dkr.ecr.us-east-1.amazonaws.com",
  "１２３４５６７８９０１２.dkr.ecr.us-east-1.amazonaws.com",
  "١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.us-east-1.amazonaws.com",
  `${A}.dkr.ecr.us-east-1.amazonaws.org`,
  `${A}.dkr.ecr.us-east-1.amazonaws.co`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com.de`,
  `${A}.dkr.ecr.us-east-1.aws`,
  `${A}.dkr.ecr.us-east-1.amazonawsXcom`,
  `${A}.dkr.ecr.us-east-1amazonaws.com`,
  `${A}.dkrxecr.us-east-1.amazonaws.com`,
  `${A}.dkr.ecr-fipsx.us-east-1.amazonaws.com`,
  `${A}.dkr.ecr.evil.com/x.amazonaws.com`,
  `${A}.dkr.ecr.evil.com.amazonaws.com`,
  `${A}.dkr.ecr..amazonaws.com`,
  `${A}.dkr.ecr.useast1.amazonaws.com`,
  `${A}.dkr.ecr.us-east.amazonaws.com`,
  `${A}.dkr.ecr.us--1.amazonaws.com`,
  `${A}.dkr.ecr.us-east-1-.amazonaws.com`,
  `${A}.dkr.ecr.us-east-1\n.amazonaws.com`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com\n`,
  `${A}.DKR.ECR.US-EAST-1.AMAZONAWS.COM`,
  `user@${A}.dkr.ecr.us-east-1.amazonaws.com`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com:443`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com%2f`,
  `${A}.dkr.ecr.us-east-1.amazonaws.com\\.evil.com`,
  // Mixed names of two partitions: AWS has none of them.
  `${A}.dkr.ecr.cn-north-1.amazonaws.com`,
  `${A}.dkr.ecr.us-gov-west-1.amazonaws.com.cn`,
  `${A}.dkr.ecr.eusc-de-east-1.amazonaws.com`,
  `${A}.dkr.ecr.us-iso-east-1.sc2s.sgov.gov`,
  `${A}.dkr.ecr.us-isob-east-1.c2s.ic.gov`,
];

describe("parseHost", () => {
  for (const [host, region, partition, fips, dualStack] of PRIVATE) {
    it(`reads ${host}`, () => {
      assert.deepEqual(parseHost(host), {
        kind: "private",
        host,
        account: A,
        region,
        partition,
        fips,
        dualStack,
      });
    });
  }

  it("reads both names of ECR Public", () => {
    const shared = { kind: "public", region: "us-east-1", partition: "aws", fips: false };
    assert.deepEqual(parseHost("public.ecr.aws"), { ...shared, host: "public.ecr.aws", dualStack: false });
    assert.deepEqual(parseHost("ecr-public.aws.com"), {
      ...shared,
      host: "ecr-public.aws.com",
      dualStack: true,
    });
  });

  for (const host of NOT_ECR) {
    it(`does not accept ${JSON.stringify(host)}`, () => {
      assert.equal(parseHost(host), undefined);
    });
  }

  it("accepts no generated host in another domain", () => {
    const real = fc.constantFrom(...PRIVATE.map(([host]) => host), "public.ecr.aws", "ecr-public.aws.com");
    fc.assert(
      fc.property(real, fc.string({ minLength: 1, maxLength: 20, unit: "binary" }), (host, more) => {
        assert.equal(parseHost(host + more), undefined);
        assert.equal(parseHost(more + host), undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not return the same registry after a change of one character outside account and region", () => {
    const real = fc.constantFrom(...PRIVATE.map(([host]) => host));
    fc.assert(
      fc.property(real, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (host, seed, char) => {
        const at = seed % host.length;
        const changed = host.slice(0, at) + char + host.slice(at + 1);
        const found = parseHost(changed);
        // A name that is still accepted must end in a domain of AWS, label for label.
        if (found) {
          assert.equal(found.host, changed);
          assert.match(
            changed,
            /\.(amazonaws\.(com|com\.cn|eu)|on\.aws|on\.amazonwebservices\.(com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("privateHost", () => {
  for (const [host, region, , fips, dualStack] of PRIVATE) {
    // The suffix of an unknown region can't be known.
    if (fips || dualStack || region === "tw-east-1") continue;
    it(`builds ${host}`, () => assert.equal(privateHost(A, region), host));
  }

  it("assigns a region with an unknown prefix to the commercial partition", () => {
    assert.equal(privateHost(A, "tw-east-1"), `${A}.dkr.ecr.tw-east-1.amazonaws.com`);
  });

  it("builds the plain name of every private registry from its account and region", () => {
    for (const [, region, partition] of PRIVATE) {
      if (region === "tw-east-1") continue;
      const built = parseHost(privateHost(A, region));
      assert.deepEqual([built?.region, built?.partition, built?.fips], [region, partition, false]);
    }
  });
});
