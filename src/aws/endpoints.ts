import { apiEndpoint, SUFFIXES } from "../registry/endpoint.ts";
import type { Registry } from "../registry/registry.ts";
import type { Environment } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { type AwsFiles, whereIs } from "./credentials/config-files.ts";

/** Services whose address can be set, as the AWS config file writes them. */
export type Service = "ecr" | "ecr_public" | "sts" | "sso" | "sso_oidc" | "signin";

/** What the environment and one profile say about endpoints. */
export interface EndpointSettings {
  readonly env: Environment;
  readonly profiles: AwsFiles;
  /** The name of the profile whose settings hold. */
  readonly profile: string;
}

/**
 * Where a registry's API is called: at a custom endpoint, else where its host says and FIPS and dual-stack
 * settings wish. The custom one wins over both, as it is what somebody wrote down; the SDK itself refuses FIPS
 * together with it.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function registryEndpoint(registry: Registry, settings: EndpointSettings): string {
  const service = registry.kind === "public" ? "ecr_public" : "ecr";
  return customEndpoint(service, settings) ?? apiEndpoint(registry, wishes(settings)).url;
}

/**
 * The regional STS endpoint, in the registry's partition: the SDK would take an unknown region for one of
 * partition `aws`. Without FIPS in its name in GovCloud, where all of them are FIPS endpoints.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function stsEndpoint(region: string, { partition }: Registry, settings: EndpointSettings): string {
  const custom = customEndpoint("sts", settings);
  if (custom !== undefined) return custom;
  const { fips, dualStack } = wishes(settings);
  const suffix = dualStack ? SUFFIXES[partition].dualStack : SUFFIXES[partition].plain;
  const isFipsByItself = partition === "aws-us-gov" && !dualStack;
  return `https://sts${fips && !isFipsByItself ? "-fips" : ""}.${region}.${suffix}`;
}

/**
 * A service's custom endpoint, by the order of AWS's SDKs: AWS_ENDPOINT_URL_SERVICE, AWS_ENDPOINT_URL, then the
 * profile's `services` section, then its `endpoint_url`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws Failure BAD_ENDPOINT
 */
export function customEndpoint(service: Service, settings: EndpointSettings): string | undefined {
  const { env, profiles, profile: name } = settings;
  const profile = profiles.profile(name);
  const ignored =
    env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile?.get("ignore_configured_endpoint_urls")?.value;
  if (isTrue(ignored)) return undefined;
  const ownName = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  for (const variable of [ownName, "AWS_ENDPOINT_URL"]) {
    const value = env[variable];
    if (value) return checked(value, variable);
  }
  const services = profile?.get("services")?.value;
  const section = services === undefined ? undefined : profiles.services(services);
  const own = section?.get(service)?.nested?.get("endpoint_url");
  if (own?.value) {
    const where = `${profiles.configPath}:${own.line}`;
    return checked(own.value, `${service} endpoint_url of services ${services} (${where})`);
  }
  const general = profile?.get("endpoint_url");
  if (!general?.value) return undefined;
  return checked(general.value, `endpoint_url of profile ${name} (${whereIs(general)})`);
}

/** Whether FIPS and dual-stack endpoints are asked for. */
export function wishes({ env, profiles, profile: name }: EndpointSettings) {
  const profile = profiles.profile(name);
  return {
    fips: isTrue(env.AWS_USE_FIPS_ENDPOINT ?? profile?.get("use_fips_endpoint")?.value),
    dualStack: isTrue(env.AWS_USE_DUALSTACK_ENDPOINT ?? profile?.get("use_dualstack_endpoint")?.value),
  };
}

function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === "true";
}

function checked(value: string, origin: string): string {
  const url = URL.parse(value);
  if (url && (url.protocol === "https:" || url.protocol === "http:") && url.hostname) return value;
  throw new Failure(
    "BAD_ENDPOINT",
    `${origin} is not an http or https URL`,
    "write it as https://HOST, or unset it",
  );
}
