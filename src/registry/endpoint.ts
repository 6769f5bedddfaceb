import type { Partition, Registry } from "./registry.ts";

/** The API endpoint of a registry, and the scope for which a request to it is signed. */
export interface ApiEndpoint {
  /** `https://` and a host, no path. */
  readonly url: string;
  readonly host: string;
  readonly region: string;
  /** The service name for SigV4. */
  readonly service: "ecr" | "ecr-public";
}

/** Endpoint settings of the environment or the AWS config file; the registry's host may demand more. */
export interface EndpointSettings {
  /** AWS_USE_FIPS_ENDPOINT, `use_fips_endpoint`. */
  readonly fips?: boolean;
  /** AWS_USE_DUALSTACK_ENDPOINT, `use_dualstack_endpoint`. */
  readonly dualStack?: boolean;
}

/**
 * The API endpoint of a registry, by the endpoint rules of AWS SDK for JavaScript 3.1169.
 *
 * It is derived from the host and not left to the SDK, because the SDK assigns a region that it does not know to partition
 * `aws`.
 *
 * FIPS: AWS's tables list `ecr-fips.R.amazonaws.com`, and the older rules of its SDKs called that; today's rules call
 * `api.ecr-fips.R.amazonaws.com`. This function returns the newer, as amazon-ecr-credential-helper does. ECR Public has
 * no FIPS endpoint, so the setting has no effect there: its host, which the client chose, is not FIPS either.
 */
export function apiEndpoint(registry: Registry, endpointSettings: EndpointSettings = {}): ApiEndpoint {
  const { region, partition } = registry;
  const dualStack = registry.dualStack || endpointSettings.dualStack === true;
  if (registry.kind === "public") {
    return endpoint(
      dualStack ? `ecr-public.${region}.api.aws` : `api.ecr-public.${region}.amazonaws.com`,
      region,
      "ecr-public",
    );
  }
  const fips = registry.fips || endpointSettings.fips === true ? "-fips" : "";
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
