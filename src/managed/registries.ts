import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { keptRegistries } from "../config/registries.ts";
import { follows } from "../config/replication.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { conditionsOf } from "../provider/conditions.ts";
import type { Surroundings } from "../provider/context.ts";
import { seenRules } from "../provider/replication-rules.ts";
import { type AskedRegistration, Asking, type AskingOptions } from "../provider/token-provider.ts";
import type { Kept, Origin } from "../refresher/managed-registry.ts";
import { type Plan, planRefresh } from "../refresher/plan.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { tokenPath } from "../store/files/paths.ts";
import { ambientNames, environmentFingerprint } from "../token/dependencies.ts";
import type { RegistryEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";
import { type KeptSource, keptSources } from "./replication-sources.ts";

/** What is kept, with all that its renewal needs. */
export interface Keeping {
  readonly plan: Plan;
  readonly kept: readonly Kept[];
  /** By host; as of the moment that the list was made. */
  readonly registrations: ReadonlyMap<string, AskedRegistration>;
  readonly asking: Asking;
  /** Of what is kept, minimum life in milliseconds by config.yaml. */
  readonly minValidity: number;
  /** The registries whose replication rules are followed. */
  readonly sources: readonly KeptSource[];
}

/**
 * The registries that config.yaml names, those that followed ones replicate to, and those that builds have asked for: a
 * cold get wrote their token file.
 *
 * @param seen the list and all that comes of it go by this
 */
export async function keepingOf(around: Surroundings, seen: StampedConfig): Promise<Keeping> {
  const { config } = seen;
  const rules = follows(config) ? await seenRules(around, config) : undefined;
  const fixed: AskingOptions = { config: async () => seen, ...(rules && { rules: async () => rules }) };
  // For the length of the list: many registries have one identity.
  const listing = new Asking(around, { ...fixed, states: new Map() });
  const kept: Kept[] = [];
  const registrations = new Map<string, AskedRegistration>();
  const add = async (registry: Registry, origin: Origin, more: Partial<Kept> = {}) => {
    const registration = await listing.registrationOf(registry);
    if (!more.onlyInEnvironment) registrations.set(registry.host, registration);
    const { identity, authorization } = registration;
    const conditions = conditionsOf(registration, around.files);
    kept.push({ registry, identity, authorization, conditions, origin, ...more });
  };
  for (const registry of keptRegistries(config)) await add(registry, "configured");
  for (const { registry, source } of rules?.replicas.values() ?? []) {
    const more = { source: source.registry.host };
    if (!registrations.has(registry.host)) await add(registry, "replication", more);
  }
  for (const host of await around.store.hosts()) {
    if (registrations.has(host)) continue;
    const entry = await around.store.readRegistry(host);
    const registry = entry && (parseHost(host) ?? (await listing.aliased(host)));
    if (!entry || !registry) continue;
    const { names } = (await listing.registrationOf(registry)).dependencies.environment;
    // Who renews such a file in the background does not make it look younger: see `serveRegistry`.
    const lastColdGetAt = modifiedAt(tokenPath(around.folders.state, host));
    const { identity, authorization } = entry;
    const others = isOfAnotherEnvironment(entry, names, around);
    const own = others ? { identity, authorization, onlyInEnvironment: true } : {};
    await add(registry, "learnt", { lastColdGetAt, ...own });
  }
  return {
    plan: planRefresh(kept, around.now()),
    kept,
    registrations,
    asking: new Asking(around, fixed),
    minValidity: config.minValidity,
    sources: rules ? keptSources(config, rules.known) : [],
  };
}

/** Milliseconds since the epoch; 0 where it can't be said. Synchronous, since there may be thousands. */
function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Whether the token came from an environment other than this one, by what its identity depends on. Where that
 * is now something else, config.yaml has given the registry another identity since, whose environment counts
 * for nothing.
 */
function isOfAnotherEnvironment(
  { dependencies }: RegistryEntry,
  names: readonly string[],
  { env }: Surroundings,
): boolean {
  const { environment } = dependencies;
  // Variables that the paths of the files name come on top.
  const usual = (some: readonly string[]) => some.filter((name) => ambientNames.includes(name)).join();
  if (usual(environment.names) !== usual(names)) return false;
  return environmentFingerprint(environment.names, env) !== environment.fingerprint;
}

/** Who serves a registry now, provided that it still is the identity with that key. @throws Failure IDENTITY_CHANGED */
export async function sameRegistration(
  { asking }: Keeping,
  registry: Registry,
  key: string,
): Promise<AskedRegistration> {
  const registration = await asking.registrationOf(registry);
  if (registration.authorization === key) return registration;
  const what = `the identity for ${registry.host} has just changed`;
  throw new Failure("IDENTITY_CHANGED", what, "it is looked at again within a minute");
}

/** What is kept by a config, usually as it is now. @throws Failure where it can't be used */
export async function seenKeeping(
  around: Surroundings,
  given?: StampedConfig,
): Promise<{ keeping: Keeping; config: Config }> {
  const seen = given ?? (await readStamped(around.folders.configFile, around.files.stamp));
  return { keeping: await keepingOf(around, seen), config: seen.config };
}
