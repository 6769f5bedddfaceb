import type { AccountRegistration } from "../config/add-registrations.ts";
import type { Config } from "../config/config.ts";
import { registrationFor } from "../config/registration.ts";
import type { ProfileRegistry } from "../profiles/profile-registries.ts";
import { parseHost } from "../registry/host.ts";
import type { PrivateRegistry } from "../registry/registry.ts";

/** An account of the chosen registries that config.yaml gives no identity yet, and the profiles of it. */
export interface AccountProfiles {
  readonly account: string;
  readonly regions: readonly string[];
  readonly profiles: readonly string[];
}

/**
 * The accounts of these hosts for which there are profiles and no entry in config.yaml.
 *
 * @param hosts that Docker is to ask this helper for
 */
export function accountsWithProfiles(
  hosts: readonly string[],
  found: readonly ProfileRegistry[],
  config: Config,
): readonly AccountProfiles[] {
  const accounts = new Map<string, { regions: Set<string>; profiles: Set<string> }>();
  for (const host of hosts) {
    const registry = parseHost(host);
    if (registry?.kind !== "private" || registrationFor(config, registry)) continue;
    const { account, region } = registry;
    const profiles = found
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

/** The same twelve digits in another partition are another account. */
function isOf(one: PrivateRegistry, { account, partition }: PrivateRegistry): boolean {
  return one.account === account && one.partition === partition;
}

/** The profile of an account where no user need be asked; undefined: there are several. @param named by --profile */
export function onlyProfile({ profiles }: AccountProfiles, named: readonly string[]): string | undefined {
  const candidates = profiles.length === 1 ? profiles : profiles.filter((profile) => named.includes(profile));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** What goes into config.yaml, so that profiles serve their accounts whatever AWS_PROFILE says. */
export function registrationsOf(
  chosen: readonly (Pick<AccountProfiles, "account" | "regions"> & { readonly profile: string })[],
  { identities }: Config,
): readonly AccountRegistration[] {
  const names = new Map<string, string>();
  const taken = new Set(Object.keys(identities));
  return chosen.map(({ account, regions, profile }) => {
    const known = Object.entries(identities).find(
      ([, identity]) => identity.kind === "profile" && identity.profile === profile,
    );
    if (known) return { account, regions, identity: known[0] };
    const identity = names.get(profile) ?? freeName(profile, taken);
    names.set(profile, identity);
    taken.add(identity);
    return { account, regions, identity, profile };
  });
}

/** A name that config.yaml takes, as like the profile's as can be. */
function freeName(profile: string, taken: ReadonlySet<string>): string {
  const base =
    profile
      .replace(/[^\w.@-]+/g, "-")
      .replace(/^-+/, "")
      .slice(0, 60) || "profile";
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}
