import { configuredRegistries } from "../config/registries.ts";
import type { StampedConfig } from "../config/stamped.ts";
import { conditionsOnce } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import type { StampedRules } from "../provider/replication-rules.ts";
import { type ResolvedRegistration, TokenProvider } from "../provider/token-provider.ts";
import type { ManagedRegistry, Origin } from "../refresher/managed-registry.ts";
import type { Registry } from "../registry/registry.ts";
import type { FileDependency } from "../token/dependencies.ts";

/** The registries that config.yaml names, and the replication targets of those that it follows. */
export interface ConfiguredRegistries {
  readonly registries: readonly ManagedRegistry[];
  /** By host. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  /** Resolved their identities, and remembers what these depend on. */
  readonly provider: TokenProvider;
  readonly config: StampedConfig;
  readonly rules: FileDependency | undefined;
}

/**
 * Lists them, each host once.
 *
 * @param previous returned if config, rules and all identities are unchanged
 */
export async function listConfigured(
  app: AppContext,
  stamped: StampedConfig,
  rules: StampedRules | undefined,
  previous?: ConfiguredRegistries,
): Promise<ConfiguredRegistries> {
  const isSame =
    previous && isSameConfig(previous.config, stamped) && Bun.deepEquals(previous.rules, rules?.dependency);
  if (isSame && (await previous.provider.isUnchanged())) return previous;
  // The identities are looked up once for the whole list, since many registries share one.
  const options = { config: async () => stamped, ...(rules && { rules: async () => rules }) };
  const provider = new TokenProvider(app, { ...options, states: new Map() });
  const conditions = conditionsOnce(app.files);
  const registries: ManagedRegistry[] = [];
  const registrations = new Map<string, ResolvedRegistration>();
  const add = async (registry: Registry, origin: Origin, more: Partial<ManagedRegistry> = {}) => {
    const registration = await provider.resolveRegistration(registry);
    registrations.set(registry.host, registration);
    registries.push(createManagedRegistry(registry, origin, registration, conditions, more));
  };
  for (const registry of configuredRegistries(stamped.config)) await add(registry, "configured");
  for (const { registry, source } of rules?.replicas.values() ?? []) {
    const more = { source: source.registry.host };
    if (!registrations.has(registry.host)) await add(registry, "replication", more);
  }
  return { registries, registrations, provider, config: stamped, rules: rules?.dependency };
}

/** The stamp alone is not enough: without a file each read creates another config object with the same stamp. */
function isSameConfig(previous: StampedConfig, { config, stamp }: StampedConfig): boolean {
  return previous.config === config && previous.stamp === stamp;
}

/** One registry of the list. @param conditions see `conditionsOnce` */
export function createManagedRegistry(
  registry: Registry,
  origin: Origin,
  registration: ResolvedRegistration,
  conditions: (registration: ResolvedRegistration) => string,
  more: Partial<ManagedRegistry>,
): ManagedRegistry {
  const { identity, authorization } = registration;
  return { registry, identity, authorization, conditions: conditions(registration), origin, ...more };
}
