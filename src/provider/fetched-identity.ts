import type { Registry } from "../registry/registry.ts";
import { type Dependencies, type FileDependency, fingerprint } from "../token/dependencies.ts";

/** The identity of a registry at one moment. */
interface Moment {
  readonly authorization: string;
  readonly dependencies: Dependencies;
  /** See `IdentityState`. */
  readonly reread: readonly FileDependency[];
}

/** A token is valid for all registries of a region that its principal may read; public registries have their own tokens. */
export function authorizationKey(identity: string, { kind, partition, region }: Registry): string {
  return fingerprint([identity, kind, partition, region]).slice(0, 40);
}

/**
 * Whether a fetched token belongs to the identity. The files that were read before determine the credentials, but their
 * source may have read a file again while its contents differed, even if they are the same again by now.
 */
export function belongsTo(registration: Moment, now: Moment): boolean {
  return now.authorization === registration.authorization && Bun.deepEquals(now.reread, registration.reread);
}

/** At most three, for a message. */
export function changedFiles(before: Moment, now: Moment): readonly string[] {
  const stamps = new Map(before.dependencies.files.map(({ path, stamp }) => [path, stamp]));
  const changed = now.dependencies.files.filter(({ path, stamp }) => stamps.get(path) !== stamp);
  return changed.slice(0, 3).map(({ path }) => path);
}
