import type { Partition, Registry } from "./registry.ts";

/** Where a registry's API is called, and what a request to it is signed for. */
export interface ApiEndpoint {
  /** `https://` and a host, no path. */
  readonly url: string;
  readonly host: string;
  readonly region: string;
  /** SigV4's name of the service. */
  readonly service: "ecr" | "ecr-public";
}

/** What the environment or the AWS config file asks for beyond what the registry's host says. */
export interface EndpointWishes {
  /** AWS_USE_FIPS_ENDPOINT, `use_fips_endpoint`. */
  readonly fips?: boolean;
  /** AWS_USE_DUALSTACK_ENDPOINT, `use_dualstack_endpoint`. */
  readonly dualStack?: boolean;
}

/**
 * The API endpoint of a registry, by the endpoint rules of AWS SDK for JavaScript 3.1169.
 *
 * It is derived from the host and not left to the SDK because the SDK takes a region that it does not know
 * for one of partition `aws`.
 *
 * FIPS: AWS's tables list `ecr-fips.R.amazonaws.com`, the older rules of its SDKs called that, today's call
 * `api.ecr-fips.R.amazonaws.com`; the newer is taken, as amazon-ecr-credential-helper does. ECR Public has no
 * FIPS endpoint, so the wish for one has no effect there: its host, which the client chose, is not FIPS either.
 */
export function apiEndpoint(registry: Registry, wishes: EndpointWishes = {}): ApiEndpoint {
  const { region, partition } = registry;
  const dualStack = registry.dualStack || wishes.dualStack === true;
  if (registry.kind === "public") {
    return endpoint(
      dualStack ? `ecr-public.${region}.api.aws` : `api.ecr-public.${region}.amazonaws.com`,
      region,
      "ecr-public",
    );
  }
  const fips = registry.fips || wishes.fips === true ? "-fips" : "";
  const suffixes = SUFFIXES[partition];
  return endpoint(
    dualStack ? `ecr${fips}.${region}.${suffixes.dualStack}` : `api.ecr${fips}.${region}.${suffixes.plain}`,
    region,
    "ecr",
  );
}

function endpoint(host: string, region: string, service: ApiEndpoint["service"]): ApiEndpoint {
  return { url: `https://${host}`, host, region, service };
}

/** The DNS suffixes of a partition's APIs, from the SDK's table of partitions. */
export const SUFFIXES: Readonly<Record<Partition, { readonly plain: string; readonly dualStack: string }>> = {
  aws: { plain: "amazonaws.com", dualStack: "api.aws" },
  "aws-us-gov": { plain: "amazonaws.com", dualStack: "api.aws" },
  "aws-cn": { plain: "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn" },
  "aws-eusc": { plain: "amazonaws.eu", dualStack: "api.amazonwebservices.eu" },
  "aws-iso": { plain: "c2s.ic.gov", dualStack: "api.aws.ic.gov" },
  "aws-iso-b": { plain: "sc2s.sgov.gov", dualStack: "api.aws.scloud" },
  "aws-iso-e": { plain: "cloud.adc-e.uk", dualStack: "api.cloud-aws.adc-e.uk" },
  "aws-iso-f": { plain: "csp.hci.ic.gov", dualStack: "api.aws.hci.ic.gov" },
};
