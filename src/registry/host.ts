import type { Partition, PrivateRegistry, PublicRegistry, Registry } from "./registry.ts";

// Both ends are anchored and every part is spelled out: an unanchored pattern has given credentials to look-alike hosts
// before (CVE-2024-35192). The forms are those that amazon-ecr-credential-helper and kubernetes/cloud-provider-aws
// match. AWS uses `on.amazonwebservices.eu` for dual-stack names of its European partition.
const PRIVATE =
  /^(\d{12})\.dkr[.-]ecr(-fips)?\.([a-z]{2,5}(?:-[a-z]{2,12}){1,2}-\d{1,2})\.(amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.(?:com\.cn|eu))|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/** The prefix that decides the partition: two parts for "us-iso-east-1", one part for most others. */
const REGION_START = /^(?:cn|eusc|us-gov|us-isob|us-isof|us-iso|eu-isoe)(?=-)/;

/**
 * The registry of a host name; undefined if it is not an ECR host.
 *
 * @param host canonical: lower case, no scheme, port, path or trailing dot (`readServerUrl` returns such a host)
 */
export function parseHost(host: string): Registry | undefined {
  if (host === "public.ecr.aws") return publicRegistry(host, false);
  if (host === "ecr-public.aws.com") return publicRegistry(host, true);
  const match = PRIVATE.exec(host);
  if (!match) return undefined;
  const [, account = "", fips, region = "", suffix = ""] = match;
  const partition = partitionOf(region, suffix);
  if (!partition) return undefined;
  return {
    kind: "private",
    host,
    account,
    region,
    partition,
    fips: fips !== undefined,
    dualStack: suffix.startsWith("on."),
  } satisfies PrivateRegistry;
}

function publicRegistry(host: string, dualStack: boolean): PublicRegistry {
  return { kind: "public", host, region: "us-east-1", partition: "aws", fips: false, dualStack };
}

/**
 * The partition, decided by the suffix: so a region that is newer than this program still gets the right one. A region
 * that is known to belong to another partition makes a name that AWS never issues: undefined.
 */
function partitionOf(region: string, suffix: string): Partition | undefined {
  const ofRegion = partitionOfRegion(region);
  const ofSuffix = partitionOfSuffix(suffix);
  // GovCloud shares the commercial partition's suffixes.
  if (ofSuffix === "aws" && ofRegion === "aws-us-gov") return ofRegion;
  return ofRegion === undefined || ofRegion === ofSuffix ? ofSuffix : undefined;
}

function partitionOfSuffix(suffix: string): Partition {
  switch (suffix) {
    case "amazonaws.com.cn":
    case "on.amazonwebservices.com.cn":
      return "aws-cn";
    case "amazonaws.eu":
    case "on.amazonwebservices.eu":
      return "aws-eusc";
    case "c2s.ic.gov":
      return "aws-iso";
    case "sc2s.sgov.gov":
      return "aws-iso-b";
    case "cloud.adc-e.uk":
      return "aws-iso-e";
    case "csp.hci.ic.gov":
      return "aws-iso-f";
    default:
      return "aws";
  }
}

/** The partition that owns the region's prefix; undefined for prefixes of the commercial partition and unknown ones. */
function partitionOfRegion(region: string): Partition | undefined {
  switch (REGION_START.exec(region)?.[0]) {
    case "cn":
      return "aws-cn";
    case "eusc":
      return "aws-eusc";
    case "us-gov":
      return "aws-us-gov";
    case "us-iso":
      return "aws-iso";
    case "us-isob":
      return "aws-iso-b";
    case "eu-isoe":
      return "aws-iso-e";
    case "us-isof":
      return "aws-iso-f";
    default:
      return undefined;
  }
}

/** The plain host name of an account's registry. A region with an unknown prefix counts as one of partition `aws`. */
export function privateHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.${plainSuffix(partitionOfRegion(region))}`;
}

function plainSuffix(partition: Partition | undefined): string {
  switch (partition) {
    case "aws-cn":
      return "amazonaws.com.cn";
    case "aws-eusc":
      return "amazonaws.eu";
    case "aws-iso":
      return "c2s.ic.gov";
    case "aws-iso-b":
      return "sc2s.sgov.gov";
    case "aws-iso-e":
      return "cloud.adc-e.uk";
    case "aws-iso-f":
      return "csp.hci.ic.gov";
    default:
      return "amazonaws.com";
  }
}
