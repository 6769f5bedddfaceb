import type { Registry } from "../registry/registry.ts";
import { fingerprint } from "../token/dependencies.ts";
import type { Job } from "./job.ts";
import type { ManagedRegistry } from "./managed-registry.ts";

/**
 * One job for each authorization token, however many registries it opens, sorted by key.
 *
 * @param kept each host once
 */
export function groupJobs(kept: readonly ManagedRegistry[]): readonly Job[] {
  const groups = Map.groupBy(kept, ({ authorization }) => authorization);
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => jobOf(key, group));
}

function jobOf(key: string, group: readonly ManagedRegistry[]): Job {
  const registries = group.map(({ registry }) => registry).sort(byHost);
  const askThrough = registries.toSorted((a, b) => promises(b) - promises(a) || byHost(a, b))[0];
  const identity = group[0]?.identity;
  if (!askThrough || identity === undefined) throw new RangeError("a group has a registry");
  const conditions = [...new Set(group.map((one) => one.conditions))].sort().join(" ");
  const hosts = registries.map(({ host }) => host);
  const revision = fingerprint([hosts, conditions]).slice(0, 16);
  return { key, identity, region: askThrough.region, askThrough, registries, conditions, revision };
}

/** One call for all must keep what the host names promise: FIPS above all, then a way without IPv4. */
function promises({ fips, dualStack }: Registry): number {
  return (fips ? 2 : 0) + (dualStack ? 1 : 0);
}

function byHost(a: Registry, b: Registry): number {
  return a.host < b.host ? -1 : a.host > b.host ? 1 : 0;
}
