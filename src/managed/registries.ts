import type { Config } from "../config/config.ts";
import { follows } from "../config/replication.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import type { AppContext } from "../provider/context.ts";
import { readStampedRules } from "../provider/replication-rules.ts";
import { type AskingOptions, type ResolvedRegistration, TokenProvider } from "../provider/token-provider.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import { isPlanCurrent, type Plan, planRefresh } from "../refresher/plan.ts";
import type { Registry } from "../registry/registry.ts";
import { Failure } from "../token/failure.ts";
import { type ConfiguredRegistries, listConfigured } from "./configured.ts";
import { type DiscoveredRegistries, listDiscovered } from "./discovered.ts";
import { type KeptSource, keptSources } from "./replication-sources.ts";

/** What is kept, with all that its renewal needs. */
export interface ManagedRegistries {
  readonly plan: Plan;
  readonly kept: readonly ManagedRegistry[];
  /** By host; as of the moment that the list was made. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  readonly provider: TokenProvider;
  /** Of what is kept, minimum life in milliseconds by config.yaml. */
  readonly minValidity: number;
  /** The registries whose replication rules are followed. */
  readonly sources: readonly KeptSource[];
  /** What the next list can be made of. */
  readonly lists: Lists;
}

/** The two lists that a plan is made of. */
interface Lists {
  readonly configured: ConfiguredRegistries;
  readonly discovered: DiscoveredRegistries;
}

/**
 * The registries that config.yaml names, those that followed ones replicate to, and those that builds have asked for: a
 * cold get wrote their token file.
 *
 * @param seen the list and all that comes of it go by this
 * @param previous of the same process: what has not changed since is taken from it, as thousands take a while
 */
export async function listManagedRegistries(
  app: AppContext,
  seen: StampedConfig,
  previous?: ManagedRegistries,
): Promise<ManagedRegistries> {
  const { config } = seen;
  const rules = follows(config) ? await readStampedRules(app, config) : undefined;
  const fixed: AskingOptions = { config: async () => seen, ...(rules && { rules: async () => rules }) };
  const configured = await listConfigured(app, seen, rules, previous?.lists.configured);
  const isSame = configured === previous?.lists.configured;
  const discovered = await listDiscovered(app, configured, isSame ? previous?.lists.discovered : undefined);
  const isSameList = isSame && discovered.kept === previous?.lists.discovered.kept;
  const kept = isSameList ? previous.kept : [...configured.kept, ...discovered.kept];
  const now = app.now();
  const isCurrent = isSameList && isPlanCurrent(previous.plan, kept, now);
  return {
    plan: isCurrent ? previous.plan : planRefresh(kept, now),
    kept,
    registrations: discovered.registrations,
    provider: new TokenProvider(app, fixed),
    minValidity: config.minValidity,
    sources: rules ? keptSources(config, rules.known) : [],
    lists: { configured, discovered },
  };
}

/** Who serves a registry now, provided that it still is the identity with that key. @throws Failure IDENTITY_CHANGED */
export async function sameRegistration(
  { provider }: ManagedRegistries,
  registry: Registry,
  key: string,
): Promise<ResolvedRegistration> {
  const registration = await provider.resolveRegistration(registry);
  if (registration.authorization === key) return registration;
  const what = `the identity for ${registry.host} has just changed`;
  throw new Failure("IDENTITY_CHANGED", what, "it is looked at again within a minute");
}

/** What is kept by a config, usually as it is now. @throws Failure where it can't be used */
export async function readManagedRegistries(
  app: AppContext,
  given?: StampedConfig,
): Promise<{ managed: ManagedRegistries; config: Config }> {
  const seen = given ?? (await readStamped(app.folders.configFile, app.files.stamp));
  return { managed: await listManagedRegistries(app, seen), config: seen.config };
}
