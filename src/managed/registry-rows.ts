import { type Config, everyAccount } from "../config/config.ts";
import type { AppContext } from "../provider/context.ts";
import type { Origin } from "../refresher/managed-registry.ts";
import type { Unattended } from "../refresher/plan.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import type { TokenStore } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";
import { type ManagedRegistries, readManagedRegistries } from "./registries.ts";

/** A registry as it is shown to people. */
export interface ShownRegistry {
  readonly host: string;
  /** Absent: a public one. */
  readonly account?: string;
  /** Absent: what an alias stands for can't be said. */
  readonly region?: string;
  readonly identity: string;
  /** The key of the authorization token that serves it. */
  readonly authorization: string;
  /** Absent: config.yaml can't be used, so why it is kept can't be said. */
  readonly origin?: Origin;
  /** Of a replication target: the host whose rules name it. */
  readonly source?: string;
  /** Why nobody can renew its token in the background. */
  readonly unattended?: Unattended;
}

/** For people, where there is nothing to show. */
export const noRegistriesMessage =
  "No registry is kept fresh yet: the first pull adds one, or config.yaml names them.";

/** For people: the entries of config.yaml of which nothing is kept fresh before the first pull. */
export function waitingEntries({ kept }: RegistryRow, configFile: string): readonly string[] {
  if (!kept) return [];
  const accounts = new Set(
    kept.managed.kept.flatMap(({ registry }) => (registry.kind === "private" ? [registry.account] : [])),
  );
  return kept.config.registries.flatMap(({ target, line }) => {
    if (target.kind !== "account" || target.regions || accounts.has(target.account)) return [];
    const isEvery = target.account === everyAccount;
    const whose = isEvery ? "registries of every other account" : `registries of account ${target.account}`;
    const how = isEvery ? "an entry with account and regions" : "regions in this entry";
    return [
      `${configFile}:${line}: ${whose} are kept fresh from their first pull on; with ${how}, before it`,
    ];
  });
}

/** What is kept, or with a config.yaml that can't be used, what lies there. */
export interface RegistryRow {
  readonly registries: readonly ShownRegistry[];
  /** Absent: config.yaml can't be used. */
  readonly kept?: { readonly managed: ManagedRegistries; readonly config: Config };
  readonly configError?: Failure;
}

export async function shownRegistries(app: AppContext): Promise<RegistryRow> {
  try {
    const kept = await readManagedRegistries(app);
    return { kept, registries: ofKeeping(kept.managed) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { configError: error, registries: await ofFiles(app.store) };
  }
}

function ofKeeping({ kept, plan }: ManagedRegistries): ShownRegistry[] {
  const unattended = new Map(plan.unattended.map((one) => [one.kept.registry.host, one]));
  const forgotten = new Set(plan.forgotten);
  return kept
    .filter((one) => !forgotten.has(one))
    .map(({ registry, identity, authorization, origin, source }) => {
      const from = source !== undefined && { source };
      const why = unattended.get(registry.host);
      const place = { host: registry.host, ...placeOf(registry) };
      return { ...place, identity, authorization, origin, ...from, ...(why && { unattended: why }) };
    });
}

/** By the token files alone, which say for whom they were got. */
async function ofFiles(store: TokenStore): Promise<ShownRegistry[]> {
  const registries: ShownRegistry[] = [];
  for (const host of await store.hosts()) {
    const entry = await store.readRegistry(host);
    if (!entry) continue;
    const { identity, authorization } = entry;
    registries.push({ host, ...placeOf(parseHost(host)), identity, authorization });
  }
  return registries;
}

export function placeOf(registry: Registry | undefined): { region?: string; account?: string } {
  if (!registry) return {};
  return { region: registry.region, ...(registry.kind === "private" && { account: registry.account }) };
}
