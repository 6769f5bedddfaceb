import type { PrivateRegistry, Registry } from "../registry/registry.ts";
import { ambient, type Identity } from "../token/identity.ts";
import { type Config, everyAccount, type RegistrationDefinition } from "./config.ts";
import { registriesOf } from "./registries.ts";

/** The identity that config.yaml sets for a registry. */
export interface ConfiguredRegistration {
  readonly identity: Identity;
  /** The identity's name in config.yaml; absent: the default credential chain. */
  readonly name?: string;
  /** The entry that sets it. */
  readonly definition: RegistrationDefinition;
}

/** How specifically an entry names a registry: the greatest value takes precedence. 0: it does not name it. */
export const specificity = {
  host: 6,
  accountAndRegion: 5,
  account: 4,
  /** An entry's identity is used in the whole account; its regions only set which registries are kept fresh. */
  accountInOtherRegions: 3,
  everyAccountInRegion: 2,
  everyAccount: 1,
};

/**
 * The identity for a registry, from the most specific entry: by host, by account and region, by account without regions,
 * by account with other regions, by `"*"` and region, by `"*"`; of two equally specific entries the first one in the file.
 * An entry without an identity means the default credential chain. Undefined if no entry names the registry, which means
 * the default credential chain too.
 *
 * A role in another partition than the registry's is refused when the file is read; if the entry names no regions, when
 * its credentials are fetched.
 */
export function registrationFor(config: Config, registry: Registry): ConfiguredRegistration | undefined {
  const definition = definitionFor(config, registry);
  return definition && configured(config, definition, definition.identity, registry);
}

/**
 * The identity for a replication target: of the entry that names it or its account with this region or without regions;
 * in the source's own account the source's identity; of the entry that names its account with other regions; else
 * `replication.identity`, the entry for `"*"`, the source's identity.
 *
 * @param source the entry whose replication is followed
 */
export function registrationForReplica(
  config: Config,
  source: RegistrationDefinition,
  target: PrivateRegistry,
): ConfiguredRegistration {
  const named = definitionFor(config, target);
  const asNamed = named ? specificityOf(named, target) : 0;
  if (named && asNamed >= specificity.account) return configured(config, named, named.identity, target);
  if (accountOf(source) === target.account) return configured(config, source, source.identity, target);
  if (named && asNamed >= specificity.accountInOtherRegions) {
    return configured(config, named, named.identity, target);
  }
  const reader = source.replication?.identity;
  if (reader !== undefined) return configured(config, source, reader, target);
  return configured(config, named ?? source, (named ?? source).identity, target);
}

/** See `specificity`. */
export function specificityOf(
  { target }: Pick<RegistrationDefinition, "target">,
  registry: Registry,
): number {
  if (target.kind === "host") return target.registry.host === registry.host ? specificity.host : 0;
  if (registry.kind === "public") return 0;
  const isEvery = target.account === everyAccount;
  if (!isEvery && target.account !== registry.account) return 0;
  if (!target.regions) return isEvery ? specificity.everyAccount : specificity.account;
  if (target.regions.includes(registry.region)) {
    return isEvery ? specificity.everyAccountInRegion : specificity.accountAndRegion;
  }
  if (isEvery) return 0;
  // The same twelve digits in another partition are another account.
  const isSamePartition = registriesOf({ target }).some(({ partition }) => partition === registry.partition);
  return isSamePartition ? specificity.accountInOtherRegions : 0;
}

/** An identity of config.yaml for a registry: `{account}` is replaced by the registry's account. */
function identityNamed(config: Config, name: string | undefined, registry: Registry): Identity {
  const definition = name === undefined ? undefined : config.identities[name];
  if (!definition) return ambient;
  if (definition.kind === "profile") return definition;
  const { roleArn, source, ...rest } = definition;
  const account = registry.kind === "private" ? registry.account : "";
  return {
    ...rest,
    roleArn: roleArn.replaceAll("{account}", account),
    source: identityNamed(config, source, registry),
  };
}

function definitionFor({ registries }: Config, registry: Registry): RegistrationDefinition | undefined {
  let best: RegistrationDefinition | undefined;
  let most = 0;
  for (const definition of entriesForHostOrAccount(registries, registry)) {
    const value = specificityOf(definition, registry);
    if (value <= most) continue;
    most = value;
    best = definition;
  }
  return best;
}

const indexes = new WeakMap<Config["registries"], Map<string, RegistrationDefinition[]>>();

/**
 * The entries that may name a registry, in the order of the file if equally specific. An index, because a search through
 * two thousand entries for each of two thousand registries would take the daemon part of a second each minute.
 */
function entriesForHostOrAccount(
  registries: Config["registries"],
  registry: Registry,
): RegistrationDefinition[] {
  let index = indexes.get(registries);
  if (!index) {
    const keyOf = ({ target }: RegistrationDefinition) =>
      target.kind === "host" ? target.registry.host : target.account;
    index = Map.groupBy(registries, keyOf);
    indexes.set(registries, index);
  }
  const keys = [registry.host, registry.kind === "private" ? registry.account : "", everyAccount];
  return keys.flatMap((key) => index.get(key) ?? []);
}

function configured(
  config: Config,
  definition: RegistrationDefinition,
  name: string | undefined,
  registry: Registry,
): ConfiguredRegistration {
  const identity = identityNamed(config, name, registry);
  return { identity, ...(name !== undefined && { name }), definition };
}

function accountOf({ target }: RegistrationDefinition): string | undefined {
  if (target.kind === "account") return target.account;
  return target.registry.kind === "private" ? target.registry.account : undefined;
}
