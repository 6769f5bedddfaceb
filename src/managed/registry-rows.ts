import { type Config, everyAccount } from "../config/config.ts";
import type { AppContext } from "../provider/context.ts";
import type { Origin } from "../refresher/managed-registry.ts";
import type { Unattended } from "../refresher/plan.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import type { TokenStore } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";
import { type ManagedRegistries, readManagedRegistries } from "./registries.ts";

/** A registry as it is shown to users. */
export interface RegistryRow {
  readonly host: string;
  /** Absent: it is a public registry. */
  readonly account?: string;
  /** Absent: the target of the alias is unknown. */
  readonly region?: string;
  readonly identity: string;
  /** The key of its authorization token. */
  readonly authorization: string;
  /** Absent: config.yaml is invalid, so the reason why the registry is managed is unknown. */
  readonly origin?: Origin;
  /** Only for a replication target: the host whose rules name it. */
  readonly source?: string;
  /** Why its token can't be renewed in the background. */
  readonly unattended?: Unattended;
}

/** The origin in JSON, whose documented value for a discovered registry is another word. */
export function originJson(origin: string | undefined): string | undefined {
  return origin === "discovered" ? "learnt" : origin;
}

/** Shown to users instead of an empty list. */
export const noRegistriesMessage =
  "No registry is managed yet: the first pull adds one, or list registries in config.yaml. To find yours, run: docker-credential-ecr configure-docker";

/** For users: the entries of config.yaml whose registries are unknown before the first pull. */
export function waitingEntries({ loaded }: RegistryRows, configFile: string): readonly string[] {
  if (!loaded) return [];
  const accounts = new Set(
    loaded.managed.registries.flatMap(({ registry }) =>
      registry.kind === "private" ? [registry.account] : [],
    ),
  );
  return loaded.config.registries.flatMap(({ target, line }) => {
    if (target.kind !== "account" || target.regions || accounts.has(target.account)) return [];
    const isEvery = target.account === everyAccount;
    const whose = isEvery ? "registries of every other account" : `registries of account ${target.account}`;
    const how = isEvery ? "an entry with account and regions" : "regions in this entry";
    return [`${configFile}:${line}: ${whose} are renewed from their first pull on; with ${how}, before it`];
  });
}

/** The managed registries, or with an invalid config.yaml those that have a token file. */
export interface RegistryRows {
  readonly registries: readonly RegistryRow[];
  /** Absent: config.yaml is invalid. */
  readonly loaded?: { readonly managed: ManagedRegistries; readonly config: Config };
  readonly configError?: Failure;
}

export async function readRegistryRows(app: AppContext): Promise<RegistryRows> {
  try {
    const loaded = await readManagedRegistries(app);
    return { loaded, registries: rowsOfManaged(loaded.managed) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { configError: error, registries: await rowsOfTokenFiles(app.store) };
  }
}

function rowsOfManaged({ registries, plan }: ManagedRegistries): RegistryRow[] {
  const unattended = new Map(plan.unattended.map((one) => [one.managed.registry.host, one]));
  const unused = new Set(plan.unused);
  return registries
    .filter((one) => !unused.has(one))
    .map(({ registry, identity, authorization, origin, source }) => {
      const from = source !== undefined && { source };
      const why = unattended.get(registry.host);
      const location = { host: registry.host, ...accountAndRegion(registry) };
      return { ...location, identity, authorization, origin, ...from, ...(why && { unattended: why }) };
    });
}

/** From the token files alone, which name the identity. */
async function rowsOfTokenFiles(store: TokenStore): Promise<RegistryRow[]> {
  const registries: RegistryRow[] = [];
  for (const host of await store.hosts()) {
    const entry = await store.readRegistry(host);
    if (!entry) continue;
    const { identity, authorization } = entry;
    registries.push({ host, ...accountAndRegion(parseHost(host)), identity, authorization });
  }
  return registries;
}

export function accountAndRegion(registry: Registry | undefined): { region?: string; account?: string } {
  if (!registry) return {};
  return { region: registry.region, ...(registry.kind === "private" && { account: registry.account }) };
}
