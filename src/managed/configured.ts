import { configuredRegistries } from "../config/registries.ts";
import type { StampedConfig } from "../config/stamped.ts";
import { conditionsOnce } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import type { StampedRules } from "../provider/replication-rules.ts";
import { type ResolvedRegistration, TokenProvider } from "../provider/token-provider.ts";
import type { ManagedRegistry, Origin } from "../refresher/managed-registry.ts";
import type { Registry } from "../registry/registry.ts";
import type { FileDependency } from "../token/dependencies.ts";

/** The registries that config.yaml names, and those that followed ones replicate to. */
export interface ConfiguredRegistries {
  readonly kept: readonly ManagedRegistry[];
  /** By host. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  /** Who serves each, with what it found of their identities. */
  readonly listing: TokenProvider;
  readonly config: StampedConfig;
  readonly rules: FileDependency | undefined;
}

/**
 * Lists them, each host once.
 *
 * @param previous is given back where config, rules and all identities are what they were
 */
export async function listConfigured(
  app: AppContext,
  seen: StampedConfig,
  rules: StampedRules | undefined,
  previous?: ConfiguredRegistries,
): Promise<ConfiguredRegistries> {
  const isSame =
    previous && isSameConfig(previous.config, seen) && Bun.deepEquals(previous.rules, rules?.dependency);
  if (isSame && (await previous.listing.isUnchanged())) return previous;
  // For the length of the list: many registries have one identity.
  const fixed = { config: async () => seen, ...(rules && { rules: async () => rules }) };
  const listing = new TokenProvider(app, { ...fixed, states: new Map() });
  const conditions = conditionsOnce(app.files);
  const kept: ManagedRegistry[] = [];
  const registrations = new Map<string, ResolvedRegistration>();
  const add = async (registry: Registry, origin: Origin, more: Partial<ManagedRegistry> = {}) => {
    const registration = await listing.resolveRegistration(registry);
    registrations.set(registry.host, registration);
    kept.push(keptOf(registry, origin, registration, conditions, more));
  };
  for (const registry of configuredRegistries(seen.config)) await add(registry, "configured");
  for (const { registry, source } of rules?.replicas.values() ?? []) {
    const more = { source: source.registry.host };
    if (!registrations.has(registry.host)) await add(registry, "replication", more);
  }
  return { kept, registrations, listing, config: seen, rules: rules?.dependency };
}

/** Where there is no file, another object says the same each time. */
function isSameConfig(former: StampedConfig, { config, stamp }: StampedConfig): boolean {
  return former.config === config && former.stamp === stamp;
}

/** One registry of the list. @param conditions of many alike made once */
export function keptOf(
  registry: Registry,
  origin: Origin,
  registration: ResolvedRegistration,
  conditions: (registration: ResolvedRegistration) => string,
  more: Partial<ManagedRegistry>,
): ManagedRegistry {
  const { identity, authorization } = registration;
  return { registry, identity, authorization, conditions: conditions(registration), origin, ...more };
}
