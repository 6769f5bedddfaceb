import { helperName } from "../clients/docker/edit-config.ts";
import { dockerConfigPath } from "../clients/docker/location.ts";
import { readDockerConfig } from "../clients/docker/read-config.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import { conditionsOf } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import type { TokenProvider } from "../provider/token-provider.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import { planRefresh } from "../refresher/plan.ts";
import { parseHost } from "../registry/host.ts";
import type { Registry } from "../registry/registry.ts";
import { type FailedGet, readFailedGets } from "../store/state/failed-gets.ts";
import { Failure } from "../token/failure.ts";
import type { ManagedRegistries } from "./registries.ts";

/** The registries that clients request from this program, managed or not. */
export interface Requested {
  /** Hosts for which Docker's config.json names this helper. */
  readonly docker: readonly string[];
  readonly failedGets: readonly FailedGet[];
}

export async function requestedRegistries({
  env,
  home,
  folders,
  now,
}: Pick<AppContext, "env" | "home" | "folders" | "now">): Promise<Requested> {
  const docker = await dockerHosts(dockerConfigPath(env, home === "" ? undefined : home));
  return { docker, failedGets: await readFailedGets(folders.state, now()) };
}

/** The hosts in `credHelpers` with this helper. A file that can't be read is ignored here; `doctor` reports it. */
async function dockerHosts(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) return [];
  try {
    const text = (await readClientFile(path))?.toString("utf8") ?? "";
    const { credHelpers } = readDockerConfig(text);
    return Object.keys(credHelpers).filter((host) => credHelpers[host] === helperName);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

/** The requested registries, each once. @param provider resolves aliases */
export async function registriesOf(
  { docker, failedGets }: Requested,
  provider: TokenProvider,
): Promise<Registry[]> {
  const registries: Registry[] = [];
  for (const host of new Set([...docker, ...failedGets.map((one) => one.host)])) {
    const registry = parseHost(host) ?? (await provider.resolveAlias(host));
    if (registry) registries.push(registry);
  }
  return registries;
}

/** A registry that clients request from this program and that is not managed. */
export interface UnmanagedRegistry {
  readonly host: string;
  /** "-": config.yaml is invalid. */
  readonly identity: string;
  readonly origin: "Docker's config" | "failed get";
}

/** Such registries, the hosts of Docker's config first. @param known the hosts of the managed ones */
export async function listUnmanaged(
  known: ReadonlySet<string>,
  provider: TokenProvider | undefined,
  app: AppContext,
): Promise<readonly UnmanagedRegistry[]> {
  const { docker, failedGets } = await requestedRegistries(app);
  const unmanaged: UnmanagedRegistry[] = [];
  for (const host of new Set([...docker, ...failedGets.map((one) => one.host)])) {
    if (known.has(host)) continue;
    const registry = parseHost(host) ?? (await provider?.resolveAlias(host));
    const identity = registry && provider ? (await provider.resolveRegistration(registry)).identity : "-";
    const origin = docker.includes(host) ? "Docker's config" : "failed get";
    unmanaged.push({ host, identity, origin });
  }
  return unmanaged;
}

/**
 * The managed registries, and for this call also those that clients request, as if they had just been used. Public
 * registries are left out, since they need no token.
 */
export async function withRequested(managed: ManagedRegistries, app: AppContext): Promise<ManagedRegistries> {
  const known = new Set(managed.registries.map(({ registry }) => registry.host));
  const extra: ManagedRegistry[] = [];
  for (const registry of await registriesOf(await requestedRegistries(app), managed.provider)) {
    if (known.has(registry.host) || registry.kind === "public") continue;
    const registration = await managed.provider.resolveRegistration(registry);
    const { identity, authorization } = registration;
    const conditions = conditionsOf(registration, app.files);
    const lastColdGetAt = app.now();
    extra.push({ registry, identity, authorization, conditions, origin: "configured", lastColdGetAt });
  }
  if (extra.length === 0) return managed;
  const registries = [...managed.registries, ...extra];
  return { ...managed, registries, plan: planRefresh(registries, app.now()) };
}
