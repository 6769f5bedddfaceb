import { statSync } from "node:fs";
import { conditionsOnce } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import type { ResolvedRegistration } from "../provider/token-provider.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import { parseHost } from "../registry/host.ts";
import { tokenPath } from "../store/files/paths.ts";
import { ambientNames, type Environment, environmentFingerprint } from "../token/dependencies.ts";
import type { RegistryEntry } from "../token/entry.ts";
import { type ConfiguredRegistries, createManagedRegistry } from "./configured.ts";

/** The registries that builds have used, in addition to those that config.yaml names. */
export interface DiscoveredRegistries {
  readonly registries: readonly ManagedRegistry[];
  /** Configured and discovered ones, by host. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  /** By host: the token file that each was discovered by. */
  readonly tokenFiles: ReadonlyMap<string, DiscoveredFile>;
  /** The stamps of the folders that were listed. */
  readonly folders: string;
  /** The folders were listed twice with these stamps, so files that were added within one tick of the disk's clock are included. */
  readonly isComplete: boolean;
}

interface DiscoveredFile {
  readonly stamp: string;
  readonly managed?: ManagedRegistry;
  readonly registration?: ResolvedRegistration;
}

/**
 * Lists them by their token files.
 *
 * @param configured the registries that config.yaml names
 * @param previous made with the same `configured`; if no file has changed, its list is returned
 */
export async function listDiscovered(
  app: AppContext,
  configured: ConfiguredRegistries,
  previous?: DiscoveredRegistries,
): Promise<DiscoveredRegistries> {
  const { state } = app.folders;
  const folders = ["tokens", "logins"].map((name) => app.files.stamp(`${state}/${name}`)).join(" ");
  const isUnchanged = previous?.folders === folders;
  if (previous?.isComplete && isUnchanged) return previous;
  const conditions = conditionsOnce(app.files);
  const tokenFiles = new Map<string, DiscoveredFile>();
  let isSame = previous !== undefined;
  for (const host of await app.store.hosts()) {
    if (configured.registrations.has(host)) continue;
    const stamp = app.files.stamp(tokenPath(state, host));
    const previousFile = previous?.tokenFiles.get(host);
    // A file that could not be read may be readable by now, for example since the keychain was unlocked.
    const isKnown = previousFile?.managed !== undefined && previousFile.stamp === stamp;
    const file = isKnown
      ? previousFile
      : { stamp, ...(await readTokenFile(host, app, configured, conditions)) };
    if (!isKnown && (file.managed || previousFile?.managed)) isSame = false;
    tokenFiles.set(host, file);
  }
  // Files that could not be read are tried each time.
  const isComplete = isUnchanged && [...tokenFiles.values()].every((file) => file.managed);
  if (previous && isSame && tokenFiles.size === previous.tokenFiles.size)
    return { ...previous, folders, isComplete };
  const registrations = new Map(configured.registrations);
  const registries: ManagedRegistry[] = [];
  for (const [host, file] of tokenFiles) {
    if (file.managed) registries.push(file.managed);
    if (file.registration) registrations.set(host, file.registration);
  }
  return { registries, registrations, tokenFiles, folders, isComplete };
}

async function readTokenFile(
  host: string,
  app: AppContext,
  { provider }: ConfiguredRegistries,
  conditions: ReturnType<typeof conditionsOnce>,
): Promise<Omit<DiscoveredFile, "stamp">> {
  const entry = await app.store.readRegistry(host);
  const registry = entry && (parseHost(host) ?? (await provider.resolveAlias(host)));
  if (!entry || !registry) return {};
  const registration = await provider.resolveRegistration(registry);
  // Renewal in the background preserves the file's modification time: see `publishToRegistry`.
  const lastColdGetAt = modifiedAt(tokenPath(app.folders.state, host));
  if (!fetchedInOtherEnvironment(entry, registration.dependencies.environment.names, app.env)) {
    return {
      managed: createManagedRegistry(registry, "discovered", registration, conditions, { lastColdGetAt }),
      registration,
    };
  }
  const { identity, authorization } = entry;
  const details = { lastColdGetAt, identity, authorization, credentialsOnlyInEnvironment: true };
  return { managed: createManagedRegistry(registry, "discovered", registration, conditions, details) };
}

/** Milliseconds since the epoch; 0 if it is unknown. Synchronous, since there may be thousands. */
function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Whether the token was fetched in an environment that differs from this one in the variables that its identity depends
 * on. If the identity depends on other variables now, config.yaml has given the registry another identity since: then the
 * environment of the fetch is irrelevant.
 */
function fetchedInOtherEnvironment(
  { dependencies }: RegistryEntry,
  names: readonly string[],
  env: Environment,
): boolean {
  const { environment } = dependencies;
  // The paths of AWS files may name further variables, which are left out here.
  const relevant = (all: readonly string[]) => all.filter((name) => ambientNames.includes(name)).join();
  if (relevant(environment.names) !== relevant(names)) return false;
  return environmentFingerprint(environment.names, env) !== environment.fingerprint;
}
