import type { AccountRegistration } from "../config/add-registrations.ts";
import type { Config } from "../config/config.ts";
import { registrationFor } from "../config/registration.ts";
import type { ProfileRegistry } from "../profiles/profile-registries.ts";
import { parseHost } from "../registry/host.ts";
import type { PrivateRegistry } from "../registry/registry.ts";

/** An account of the selected registries that has no identity in config.yaml yet, and its profiles. */
export interface AccountProfiles {
  readonly account: string;
  readonly regions: readonly string[];
  readonly profiles: readonly string[];
}

/**
 * The accounts of these hosts that have profiles and no entry in config.yaml.
 *
 * @param hosts the registries for which Docker will use this helper
 */
export function accountsWithProfiles(
  hosts: readonly string[],
  profileRegistries: readonly ProfileRegistry[],
  config: Config,
): readonly AccountProfiles[] {
  const accounts = new Map<string, { regions: Set<string>; profiles: Set<string> }>();
  for (const host of hosts) {
    const registry = parseHost(host);
    if (registry?.kind !== "private" || registrationFor(config, registry)) continue;
    const { account, region } = registry;
    const profiles = profileRegistries
      .filter((one) => isOf(one.registry as PrivateRegistry, registry))
      .map(({ profile }) => profile);
    if (profiles.length === 0) continue;
    const known = accounts.get(account) ?? { regions: new Set(), profiles: new Set() };
    known.regions.add(region);
    for (const profile of profiles) known.profiles.add(profile);
    accounts.set(account, known);
  }
  return [...accounts].map(([account, { regions, profiles }]) => {
    return { account, regions: [...regions], profiles: [...profiles] };
  });
}

/** The same account id in another partition is another account. */
function isOf(one: PrivateRegistry, { account, partition }: PrivateRegistry): boolean {
  return one.account === account && one.partition === partition;
}

/**
 * The only profile of an account; undefined if the user has to select one of several.
 *
 * @param named the values of --profile
 */
export function onlyProfile({ profiles }: AccountProfiles, named: readonly string[]): string | undefined {
  const candidates = profiles.length === 1 ? profiles : profiles.filter((profile) => named.includes(profile));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The entries for config.yaml. With them, the accounts use these profiles regardless of AWS_PROFILE. */
export function registrationsOf(
  selected: readonly (Pick<AccountProfiles, "account" | "regions"> & { readonly profile: string })[],
  { identities }: Config,
): readonly AccountRegistration[] {
  const names = new Map<string, string>();
  const usedNames = new Set(Object.keys(identities));
  return selected.map(({ account, regions, profile }) => {
    const known = Object.entries(identities).find(
      ([, identity]) => identity.kind === "profile" && identity.profile === profile,
    );
    if (known) return { account, regions, identity: known[0] };
    const identity = names.get(profile) ?? unusedName(profile, usedNames);
    names.set(profile, identity);
    usedNames.add(identity);
    return { account, regions, identity, profile };
  });
}

/** A valid identity name that resembles the profile's name. */
function unusedName(profile: string, usedNames: ReadonlySet<string>): string {
  const base =
    profile
      .replace(/[^\w.@-]+/g, "-")
      .replace(/^-+/, "")
      .slice(0, 60) || "profile";
  if (!usedNames.has(base)) return base;
  for (let number = 2; ; number++) if (!usedNames.has(`${base}-${number}`)) return `${base}-${number}`;
}
