import type { PrivateRegistry, Registry } from "../registry/registry.ts";
import { type Destination, replicaOf } from "../registry/replica.ts";
import type { Config, RegistrationDefinition } from "./config.ts";
import {
  type ConfiguredRegistration,
  registrationFor,
  registrationForReplica,
  specificity,
  specificityOf,
} from "./registration.ts";
import { registriesOf } from "./registries.ts";

/** A registry whose replication rules are followed, and the entry that sets this. */
export interface FollowedSource {
  readonly registry: PrivateRegistry;
  readonly definition: RegistrationDefinition;
}

/** A registry that a source replicates to. */
export interface Replica {
  readonly registry: PrivateRegistry;
  readonly source: FollowedSource;
}

/** The known replication rules: destinations by the host of their source. */
export type KnownRules = ReadonlyMap<string, readonly Destination[]>;

/** Whether any replication rules are followed. */
export function follows({ registries }: Config): boolean {
  return registries.some(({ replication }) => replication?.follow);
}

/** The followed registries, in the order of the file. If several entries name one, its most specific entry decides. */
export function followedSources(config: Config): readonly FollowedSource[] {
  const sources = new Map<string, FollowedSource>();
  for (const definition of config.registries) {
    if (!definition.replication?.follow) continue;
    for (const registry of registriesOf(definition)) {
      if (registry.kind !== "private" || registrationFor(config, registry)?.definition !== definition)
        continue;
      sources.set(registry.host, { registry, definition });
    }
  }
  return [...sources.values()];
}

/** The replication targets by host; if a target has several sources, the first one is used. */
export function replicasOf(config: Config, rules: KnownRules): ReadonlyMap<string, Replica> {
  const replicas = new Map<string, Replica>();
  for (const source of followedSources(config)) {
    for (const destination of rules.get(source.registry.host) ?? []) {
      const registry = replicaOf(source.registry, destination);
      if (registry && !replicas.has(registry.host)) replicas.set(registry.host, { registry, source });
    }
  }
  return replicas;
}

/** Whether replication rules can determine the identity for a registry: rules are followed, and no entry names its account. */
export function isDeterminedByRules(config: Config, registry: Registry): boolean {
  if (!follows(config)) return false;
  const definition = registrationFor(config, registry)?.definition;
  return definition === undefined || specificityOf(definition, registry) < specificity.account;
}

/** The identity for such a registry; a target's FIPS and dual-stack hosts have the same identity. */
export function registrationUnderRules(
  config: Config,
  registry: Registry,
  replicas: ReadonlyMap<string, Replica>,
): ConfiguredRegistration | undefined {
  const plain = registry.kind === "private" ? replicaOf(registry, registry) : undefined;
  const source = plain && replicas.get(plain.host)?.source;
  if (!source || registry.kind !== "private") return registrationFor(config, registry);
  return registrationForReplica(config, source.definition, registry);
}
