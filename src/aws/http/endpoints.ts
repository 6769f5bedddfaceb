import type { AwsFiles } from "../../profiles/config-files.ts";
import { type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import { apiEndpoint, SUFFIXES } from "../../registry/endpoint.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";

/** Services whose endpoint can be set, with their names in the AWS config file. */
const services = ["ecr", "ecr_public", "sts", "sso", "sso_oidc", "signin"] as const;
export type Service = (typeof services)[number];

/** An endpoint from a setting. */
export interface CustomEndpoint {
  readonly url: string;
  readonly origin: Origin;
}

/** The environment and the profile with endpoint settings. */
export interface EndpointSettings {
  readonly env: Environment;
  readonly profiles: AwsFiles;
  /** The name of the profile whose settings are used. */
  readonly profile: string;
}

/**
 * The endpoint of a registry's API: a custom endpoint, else the one that results from the host and the FIPS and dual-stack
 * settings. A custom endpoint takes precedence over these settings, because the user has set it explicitly; the SDK
 * refuses FIPS together with it.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function registryEndpoint(registry: Registry, settings: EndpointSettings): string {
  const service = registry.kind === "public" ? "ecr_public" : "ecr";
  return customEndpoint(service, settings)?.url ?? apiEndpoint(registry, endpointSettings(settings)).url;
}

/**
 * The regional STS endpoint in the registry's partition; the SDK would assign an unknown region to partition `aws`. Without
 * FIPS in its name in GovCloud, where all STS endpoints are FIPS endpoints.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function stsEndpoint(region: string, { partition }: Registry, settings: EndpointSettings): string {
  const custom = customEndpoint("sts", settings);
  if (custom) return custom.url;
  const { fips, dualStack } = endpointSettings(settings);
  const suffix = dualStack ? SUFFIXES[partition].dualStack : SUFFIXES[partition].plain;
  const isAlwaysFips = partition === "aws-us-gov" && !dualStack;
  return `https://sts${fips && !isAlwaysFips ? "-fips" : ""}.${region}.${suffix}`;
}

/**
 * The custom endpoint of a service, in the order of AWS's SDKs: AWS_ENDPOINT_URL_SERVICE, AWS_ENDPOINT_URL, then the
 * profile's `services` section, then its `endpoint_url`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws Failure BAD_ENDPOINT
 */
export function customEndpoint(service: Service, settings: EndpointSettings): CustomEndpoint | undefined {
  const { env, profiles, profile: name } = settings;
  const profile = profiles.profile(name);
  const ignored =
    env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile?.get("ignore_configured_endpoint_urls")?.value;
  if (isTrue(ignored)) return undefined;
  const ownName = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  for (const variable of [ownName, "AWS_ENDPOINT_URL"]) {
    const value = env[variable];
    if (value) return checked(value, variableOrigin(variable));
  }
  const named = profile?.get("services")?.value;
  const section = named === undefined ? undefined : profiles.services(named);
  const own = section?.get(service)?.nested?.get("endpoint_url");
  if (own?.value) {
    const located = { ...own, path: profiles.configPath };
    return checked(own.value, settingOrigin(`${service} endpoint_url`, located, `services ${named}`));
  }
  const general = profile?.get("endpoint_url");
  if (!general?.value) return undefined;
  return checked(general.value, settingOrigin("endpoint_url", general, `profile ${name}`));
}

/** The setting that determines a host and port, if there is one. */
export function originOf(host: string, settings: EndpointSettings): Origin | undefined {
  const container = containerVariable(settings.env);
  if (container && URL.parse(containerUrl(settings.env))?.host === host) return variableOrigin(container);
  for (const service of services) {
    try {
      const custom = customEndpoint(service, settings);
      if (custom && new URL(custom.url).host === host) return custom.origin;
    } catch (error) {
      // An invalid endpoint is not used.
      if (!(error instanceof Failure)) throw error;
    }
  }
  return undefined;
}

const relativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const fullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

function containerVariable(env: Environment): string | undefined {
  return env[relativeUri] ? relativeUri : env[fullUri] ? fullUri : undefined;
}

function containerUrl(env: Environment): string {
  return env[relativeUri] ? `http://169.254.170.2${env[relativeUri]}` : (env[fullUri] ?? "");
}

/** Whether FIPS and dual-stack endpoints are set. */
export function endpointSettings(settings: EndpointSettings) {
  return {
    fips: variantOrigin("use_fips_endpoint", settings) !== undefined,
    dualStack: variantOrigin("use_dualstack_endpoint", settings) !== undefined,
  };
}

/** The settings for FIPS and dual-stack endpoints that are set. */
export function variantOrigins(settings: EndpointSettings): readonly Origin[] {
  return (["use_fips_endpoint", "use_dualstack_endpoint"] as const).flatMap(
    (name) => variantOrigin(name, settings) ?? [],
  );
}

function variantOrigin(
  name: "use_fips_endpoint" | "use_dualstack_endpoint",
  { env, profiles, profile }: EndpointSettings,
): Origin | undefined {
  const variable = `AWS_${name.toUpperCase()}`;
  const value = env[variable];
  if (value !== undefined) return isTrue(value) ? variableOrigin(variable) : undefined;
  const setting = profiles.profile(profile)?.get(name);
  return setting && isTrue(setting.value) ? settingOrigin(name, setting) : undefined;
}

function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === "true";
}

function checked(value: string, origin: Origin): CustomEndpoint {
  const url = URL.parse(value);
  if (url && (url.protocol === "https:" || url.protocol === "http:") && url.hostname) {
    return { url: value, origin };
  }
  throw new Failure(
    "BAD_ENDPOINT",
    `${origin.name} is not an http or https URL`,
    `write it as https://HOST, or ${origin.removal}`,
  );
}
