import { statSync } from "node:fs";
import { conditionsOnce } from "../provider/conditions.ts";
import type { AppContext } from "../provider/context.ts";
import type { ResolvedRegistration } from "../provider/token-provider.ts";
import type { ManagedRegistry } from "../refresher/managed-registry.ts";
import { parseHost } from "../registry/host.ts";
import { tokenPath } from "../store/files/paths.ts";
import { ambientNames, environmentFingerprint } from "../token/dependencies.ts";
import type { RegistryEntry } from "../token/entry.ts";
import { type ConfiguredRegistries, keptOf } from "./configured.ts";

/** The registries that builds have asked for, beside those that config.yaml names. */
export interface DiscoveredRegistries {
  readonly kept: readonly ManagedRegistry[];
  /** Of both kinds, by host. */
  readonly registrations: ReadonlyMap<string, ResolvedRegistration>;
  /** By host: the stamp of the token file that it was found by; `kept` absent: it counts for nothing. */
  readonly found: ReadonlyMap<string, Found>;
  /** Of the folders that were listed. */
  readonly folders: string;
  /** The folders were listed twice with these stamps: what came within one tick of the disk's clock is in. */
  readonly isSettled: boolean;
}

interface Found {
  readonly stamp: string;
  readonly kept?: ManagedRegistry;
  readonly registration?: ResolvedRegistration;
}

/**
 * Lists them by their token files.
 *
 * @param configured the others
 * @param previous made with the same `configured`; its `kept` is given back where no file has changed since
 */
export async function listDiscovered(
  app: AppContext,
  configured: ConfiguredRegistries,
  previous?: DiscoveredRegistries,
): Promise<DiscoveredRegistries> {
  const { state } = app.folders;
  const folders = ["tokens", "logins"].map((name) => app.files.stamp(`${state}/${name}`)).join(" ");
  const isQuiet = previous?.folders === folders;
  if (previous?.isSettled && isQuiet) return previous;
  const conditions = conditionsOnce(app.files);
  const found = new Map<string, Found>();
  let isSame = previous !== undefined;
  for (const host of await app.store.hosts()) {
    if (configured.registrations.has(host)) continue;
    const stamp = app.files.stamp(tokenPath(state, host));
    const before = previous?.found.get(host);
    // One that could not be read may be readable by now, as with a keychain that is unlocked.
    const isKnown = before?.kept !== undefined && before.stamp === stamp;
    const one = isKnown ? before : { stamp, ...(await look(host, app, configured, conditions)) };
    if (!isKnown && (one.kept || before?.kept)) isSame = false;
    found.set(host, one);
  }
  // What could not be read is looked at each time.
  const isSettled = isQuiet && [...found.values()].every((one) => one.kept);
  if (previous && isSame && found.size === previous.found.size) return { ...previous, folders, isSettled };
  const registrations = new Map(configured.registrations);
  const kept: ManagedRegistry[] = [];
  for (const [host, one] of found) {
    if (one.kept) kept.push(one.kept);
    if (one.registration) registrations.set(host, one.registration);
  }
  return { kept, registrations, found, folders, isSettled };
}

async function look(
  host: string,
  app: AppContext,
  { listing }: ConfiguredRegistries,
  conditions: ReturnType<typeof conditionsOnce>,
): Promise<Omit<Found, "stamp">> {
  const entry = await app.store.readRegistry(host);
  const registry = entry && (parseHost(host) ?? (await listing.aliased(host)));
  if (!entry || !registry) return {};
  const registration = await listing.resolveRegistration(registry);
  // Who renews such a file in the background does not make it look younger: see `serveRegistry`.
  const lastColdGetAt = modifiedAt(tokenPath(app.folders.state, host));
  if (!fetchedInOtherEnvironment(entry, registration.dependencies.environment.names, app)) {
    return { kept: keptOf(registry, "learnt", registration, conditions, { lastColdGetAt }), registration };
  }
  const { identity, authorization } = entry;
  const own = { lastColdGetAt, identity, authorization, credentialsOnlyInEnvironment: true };
  return { kept: keptOf(registry, "learnt", registration, conditions, own) };
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
function fetchedInOtherEnvironment(
  { dependencies }: RegistryEntry,
  names: readonly string[],
  { env }: AppContext,
): boolean {
  const { environment } = dependencies;
  // Variables that the paths of the files name come on top.
  const usual = (some: readonly string[]) => some.filter((name) => ambientNames.includes(name)).join();
  if (usual(environment.names) !== usual(names)) return false;
  return environmentFingerprint(environment.names, env) !== environment.fingerprint;
}
