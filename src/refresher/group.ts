import type { Registry } from "../registry/registry.ts";
import { fingerprint } from "../token/dependencies.ts";
import type { Job } from "./job.ts";
import type { ManagedRegistry } from "./managed-registry.ts";

/**
 * One job for each authorization token, however many registries it is valid for, sorted by key.
 *
 * @param managed each host once
 */
export function groupJobs(managed: readonly ManagedRegistry[]): readonly Job[] {
  const groups = Map.groupBy(managed, ({ authorization }) => authorization);
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => jobOf(key, group));
}

function jobOf(key: string, group: readonly ManagedRegistry[]): Job {
  const registries = group.map(({ registry }) => registry).sort(byHost);
  const endpointRegistry = registries.toSorted((a, b) => strictness(b) - strictness(a) || byHost(a, b))[0];
  const identity = group[0]?.identity;
  if (!endpointRegistry || identity === undefined) throw new RangeError("a group has a registry");
  const conditions = [...new Set(group.map((one) => one.conditions))].sort().join(" ");
  const hosts = registries.map(({ host }) => host);
  const revision = fingerprint([hosts, conditions]).slice(0, 16);
  return {
    key,
    identity,
    region: endpointRegistry.region,
    endpointRegistry,
    registries,
    conditions,
    revision,
  };
}

/** The endpoint called for all registries must be the strictest that a host name asks for: FIPS, then dual-stack. */
function strictness({ fips, dualStack }: Registry): number {
  return (fips ? 2 : 0) + (dualStack ? 1 : 0);
}

function byHost(a: Registry, b: Registry): number {
  return a.host < b.host ? -1 : a.host > b.host ? 1 : 0;
}
