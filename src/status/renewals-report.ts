import type { RegistryRows } from "../managed/registry-rows.ts";
import { noRenewals, type RenewalCounts, sumOfCounts } from "../refresher/renewal-counts.ts";
import type { GroupState } from "../refresher/state.ts";
import { identityName } from "../token/identity.ts";

/** The renewals of one identity's token for an account's registries in a region. */
export interface RenewalSeries {
  /** Absent: public registries. */
  readonly account?: string;
  readonly region?: string;
  /** Its name: see `identityName`. */
  readonly identity: string;
  readonly counts: RenewalCounts;
}

/**
 * The counters of all managed registries that are renewed in the background. Registries of one account and region that
 * share a token also share its counters, which are added once. Tokens whose identities have the same name are added up.
 *
 * @param groups of the refresher's state, by authorization key
 */
export function renewalSeries(
  { loaded, registries }: RegistryRows,
  groups: Readonly<Record<string, GroupState>>,
): readonly RenewalSeries[] {
  if (!loaded) return [];
  const series = new Map<string, { readonly one: RenewalSeries; readonly authorizations: Set<string> }>();
  for (const { account, region, identity, authorization, unattended } of registries) {
    if (unattended) continue;
    const name = identityName(identity);
    const key = JSON.stringify([account, region, name]);
    const { one, authorizations } = series.get(key) ?? {
      one: {
        ...(account !== undefined && { account }),
        ...(region !== undefined && { region }),
        identity: name,
        counts: noRenewals,
      },
      authorizations: new Set(),
    };
    if (authorizations.has(authorization)) continue;
    authorizations.add(authorization);
    const counts = sumOfCounts(one.counts, groups[authorization]?.counts ?? noRenewals);
    series.set(key, { one: { ...one, counts }, authorizations });
  }
  return [...series.values()].map(({ one }) => one);
}
