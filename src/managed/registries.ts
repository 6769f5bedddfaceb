import type { Config } from "../config/config.ts";
import { follows } from "../config/replication.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import type { AppContext } from "../provider/context.ts";
import { readStampedRules } from "../provider/replication-rules.ts";
import {
  type ResolvedRegistration,
  TokenProvider,
  type TokenProviderOptions,
} from "../provider/token-provider.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import { isPlanCurrent, type Plan, planRefresh } from "../refresher/plan.ts";
import type { Registry } from "../registry/registry.ts";
import { Failure } from "../token/failure.ts";
import { type ConfiguredRegistries, listConfigured } from "./configured.ts";
import { type DiscoveredRegistries, listDiscovered } from "./discovered.ts";
import { type ReplicationSource, replicationSources } from "./replication-sources.ts";

/** The managed registries, with all that their renewal needs. */
export interface ManagedRegistries {
  readonly plan: Plan;
  readonly registries: readonly ManagedRegistry[];
  /** By host; as of the creation of the list. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  readonly provider: TokenProvider;
  /** `minValidity` of config.yaml, in milliseconds. */
  readonly minValidity: number;
  /** The registries whose replication rules are followed. */
  readonly sources: readonly ReplicationSource[];
  /** For reuse by the next list. */
  readonly lists: Lists;
}

/** The two lists that a plan is based on. */
interface Lists {
  readonly configured: ConfiguredRegistries;
  readonly discovered: DiscoveredRegistries;
}

/**
 * The registries that config.yaml names, the replication targets of those that it follows, and those that builds have
 * used: a cold get wrote their token file.
 *
 * @param stamped the config for the list and for everything that uses the list
 * @param previous the last list of this process: unchanged parts are reused, since thousands of registries take a while
 */
export async function listManagedRegistries(
  app: AppContext,
  stamped: StampedConfig,
  previous?: ManagedRegistries,
): Promise<ManagedRegistries> {
  const { config } = stamped;
  const rules = follows(config) ? await readStampedRules(app, config) : undefined;
  const options: TokenProviderOptions = {
    config: async () => stamped,
    ...(rules && { rules: async () => rules }),
  };
  const configured = await listConfigured(app, stamped, rules, previous?.lists.configured);
  const isSame = configured === previous?.lists.configured;
  const discovered = await listDiscovered(app, configured, isSame ? previous?.lists.discovered : undefined);
  const isSameList = isSame && discovered.registries === previous?.lists.discovered.registries;
  const registries = isSameList ? previous.registries : [...configured.registries, ...discovered.registries];
  const now = app.now();
  const isCurrent = isSameList && isPlanCurrent(previous.plan, registries, now);
  return {
    plan: isCurrent ? previous.plan : planRefresh(registries, now),
    registries,
    registrations: discovered.registrations,
    provider: new TokenProvider(app, options),
    minValidity: config.minValidity,
    sources: rules ? replicationSources(config, rules.known) : [],
    lists: { configured, discovered },
  };
}

/** The registration of a registry, if its identity still has that key. @throws Failure IDENTITY_CHANGED */
export async function sameRegistration(
  { provider }: ManagedRegistries,
  registry: Registry,
  key: string,
): Promise<ResolvedRegistration> {
  const registration = await provider.resolveRegistration(registry);
  if (registration.authorization === key) return registration;
  const what = `the identity for ${registry.host} has just changed`;
  throw new Failure("IDENTITY_CHANGED", what, "wait: the daemon tries again within a minute");
}

/** The managed registries and the config. @param given default: config.yaml is read. @throws Failure if it is invalid */
export async function readManagedRegistries(
  app: AppContext,
  given?: StampedConfig,
): Promise<{ managed: ManagedRegistries; config: Config }> {
  const stamped = given ?? (await readStamped(app.folders, app.files.stamp));
  return { managed: await listManagedRegistries(app, stamped), config: stamped.config };
}
