import { parseHost, privateHost } from "../../registry/host.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import { type Profiles, readProfiles } from "./profiles.ts";

/** A registry that an AWS profile is likely to open. */
export interface ProfileRegistry {
  readonly profile: string;
  readonly registry: Registry;
}

/** By the AWS config and credentials files. Never fails: files that can't be read suggest nothing. */
export async function readProfileRegistries(
  env: Environment,
  home: string,
): Promise<readonly ProfileRegistry[]> {
  return await readProfiles(env, home).then(registriesOfProfiles, () => []);
}

/**
 * Those whose account a profile names, by its role or by AWS IAM Identity Center, in the profile's own region.
 * Without a region a profile suggests nothing: the registry would be a guess.
 */
export function registriesOfProfiles({ sections }: Pick<Profiles, "sections">): readonly ProfileRegistry[] {
  return Object.entries(sections).flatMap(([profile, settings = {}]) => {
    if (/^(?:sso-session|services)\./.test(profile)) return [];
    const { role_arn, sso_account_id, region } = settings;
    const account = /^arn:[\w-]+:iam::(\d{12}):role\//.exec(role_arn ?? "")?.[1] ?? sso_account_id;
    if (account === undefined || region === undefined) return [];
    const registry = parseHost(privateHost(account, region));
    return registry ? [{ profile, registry }] : [];
  });
}
