import { expandedPath } from "../../profiles/file-paths.ts";
import { type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import type { EndpointSettings } from "./endpoints.ts";

/** The file with the only trusted CA certificates. */
export interface CaBundle {
  readonly path: string;
  readonly origin: Origin;
}

/** AWS_CA_BUNDLE, else the profile's ca_bundle. */
export function caBundle({ env, profiles, profile }: EndpointSettings, home: string): CaBundle | undefined {
  const { AWS_CA_BUNDLE } = env;
  if (AWS_CA_BUNDLE) {
    return { path: expandedPath(AWS_CA_BUNDLE, env, home), origin: variableOrigin("AWS_CA_BUNDLE") };
  }
  const setting = profiles.profile(profile)?.get("ca_bundle");
  if (!setting?.value) return undefined;
  return { path: expandedPath(setting.value, env, home), origin: settingOrigin("ca_bundle", setting) };
}
