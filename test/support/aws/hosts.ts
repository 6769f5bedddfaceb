/** AWS's host names: one table for both parsing names and creating the certificate. */

export type Service = "ecr" | "ecr-public" | "sts" | "sso" | "oidc" | "registry" | "public-registry";

/** The meaning of a host name. */
export interface Place {
  readonly service: Service;
  /** Absent if the name has none. */
  readonly region?: string;
  /** Twelve digits; private registries only. */
  readonly account?: string;
}

interface Partition {
  readonly regions: RegExp;
  /** The suffix of the classic names. */
  readonly suffix: string;
  /** The suffix of the dual-stack API names. */
  readonly api: string;
  /** The suffix of the dual-stack registry names; absent: unknown. */
  readonly registry?: string;
}

// The first matching pattern decides, so the general one of partition "aws" is the last.
const partitions: Readonly<Record<string, Partition>> = {
  "aws-cn": {
    regions: /^cn-/,
    suffix: "amazonaws.com.cn",
    api: "api.amazonwebservices.com.cn",
    registry: "on.amazonwebservices.com.cn",
  },
  "aws-us-gov": { regions: /^us-gov-/, suffix: "amazonaws.com", api: "api.aws", registry: "on.aws" },
  "aws-eusc": { regions: /^eusc-/, suffix: "amazonaws.eu", api: "api.amazonwebservices.eu" },
  "aws-iso": { regions: /^us-iso-/, suffix: "c2s.ic.gov", api: "api.aws.ic.gov" },
  "aws-iso-b": { regions: /^us-isob-/, suffix: "sc2s.sgov.gov", api: "api.aws.scloud" },
  "aws-iso-e": { regions: /^eu-isoe-/, suffix: "cloud.adc-e.uk", api: "api.cloud-aws.adc-e.uk" },
  "aws-iso-f": { regions: /^us-isof-/, suffix: "csp.hci.ic.gov", api: "api.aws.hci.ic.gov" },
  aws: { regions: /^/, suffix: "amazonaws.com", api: "api.aws", registry: "on.aws" },
};

const templates: readonly (readonly [Service, string])[] = [
  ["ecr", "api.ecr.{region}.{suffix}"],
  ["ecr", "api.ecr-fips.{region}.{suffix}"],
  ["ecr", "ecr-fips.{region}.{suffix}"],
  ["ecr", "ecr.{region}.{api}"],
  ["ecr", "ecr-fips.{region}.{api}"],
  ["ecr", "{vpce}.api.ecr.{region}.vpce.{suffix}"],
  ["sts", "sts.{region}.{suffix}"],
  ["sts", "sts-fips.{region}.{suffix}"],
  ["sts", "sts.{region}.{api}"],
  ["sts", "sts-fips.{region}.{api}"],
  ["sso", "portal.sso.{region}.{suffix}"],
  ["sso", "portal.sso.{region}.{api}"],
  ["oidc", "oidc.{region}.{suffix}"],
  ["oidc", "oidc.{region}.{api}"],
  ["registry", "{account}.dkr.ecr.{region}.{suffix}"],
  ["registry", "{account}.dkr.ecr-fips.{region}.{suffix}"],
  ["registry", "{account}.dkr-ecr.{region}.{registry}"],
  ["registry", "{account}.dkr-ecr-fips.{region}.{registry}"],
  // China's dual-stack names also exist with a dot.
  ["registry", "{account}.dkr.ecr.{region}.{registry}"],
];

const fixed: Readonly<Record<string, Place>> = {
  "public.ecr.aws": { service: "public-registry" },
  "ecr-public.aws.com": { service: "public-registry" },
  // Only in one region; the names that the SDK builds for other regions do not exist.
  "api.ecr-public.us-east-1.amazonaws.com": { service: "ecr-public", region: "us-east-1" },
  "ecr-public.us-east-1.api.aws": { service: "ecr-public", region: "us-east-1" },
  "sts.amazonaws.com": { service: "sts", region: "us-east-1" },
};

/** "aws" for a region that no other partition claims. */
export function partitionOf(region: string): string {
  return Object.keys(partitions).find((name) => partitions[name]?.regions.test(region)) ?? "aws";
}

const fill = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

const literal = (text: string): string => text.replace(/\./g, "\\.");

const patterns = Object.entries(partitions).flatMap(([partition, { suffix, api, registry }]) =>
  templates
    .filter(([, template]) => registry !== undefined || !template.includes("{registry}"))
    .map(([service, template]) => ({
      service,
      partition,
      pattern: new RegExp(
        `^${fill(literal(template), {
          suffix: literal(suffix),
          api: literal(api),
          registry: registry && literal(registry),
          region: "(?<region>[a-z]{2,4}(?:-[a-z]+)+-\\d{1,2})",
          account: "(?<account>\\d{12})",
          vpce: "[a-z0-9-]+",
        })}$`,
      ),
    })),
);

/** @param host as in a Host header, with or without a port; undefined: not one of AWS's names */
export function placeOf(host: string): Place | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (Object.hasOwn(fixed, name)) return fixed[name];
  for (const { service, partition, pattern } of patterns) {
    const groups = pattern.exec(name)?.groups;
    if (groups?.region === undefined || partitionOf(groups.region) !== partition) continue;
    return groups.account === undefined
      ? { service, region: groups.region }
      : { service, region: groups.region, account: groups.account };
  }
  return undefined;
}

/** All names of AWS's services in these regions, with `*` for accounts and VPC endpoints. */
export function hostNames(regions: readonly string[]): string[] {
  const regional = regions.flatMap((region) => {
    const { suffix, api, registry } = partitions[partitionOf(region)] ?? {};
    return templates
      .map(([, template]) => fill(template, { suffix, api, registry, region, account: "*", vpce: "*" }))
      .filter((name) => !name.includes("{"));
  });
  return [...Object.keys(fixed), ...regional];
}

/** A private registry's classic name. */
export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.${partitions[partitionOf(region)]?.suffix}`;
}
