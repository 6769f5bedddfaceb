import { identitySourceOf } from "../token/identity.ts";
import { groupJobs } from "./group.ts";
import type { Job } from "./job.ts";
import type { ManagedRegistry, Origin } from "./managed-registry.ts";

/** A registry that is kept by name only, and why; `code` as in Failure. */
export interface Unattended {
  readonly kept: ManagedRegistry;
  readonly code: "KEYS_IN_ENVIRONMENT";
  readonly what: string;
  readonly fix: string;
}

export interface Plan {
  readonly jobs: readonly Job[];
  readonly unattended: readonly Unattended[];
  /** Learnt, and not asked for in a week: whoever keeps the list may take them out. */
  readonly forgotten: readonly ManagedRegistry[];
}

/** A learnt registry is kept so long after the last cold get. */
const memory = 7 * 24 * 3_600_000;

/** Of two registrations of a host the first in this order counts. */
const precedence: readonly Origin[] = ["configured", "replication", "learnt"];

/**
 * What the refresher has to do for the registries kept: each host belongs to one job.
 *
 * @param now milliseconds since the epoch. A last get that seems to lie ahead, since the clock was set back,
 *   counts as just now
 */
export function planRefresh(kept: readonly ManagedRegistry[], now: number): Plan {
  const forgotten = kept.filter((one) => isForgotten(one, now));
  const owners = new Map<string, ManagedRegistry>();
  for (const one of kept) {
    if (isForgotten(one, now)) continue;
    const owner = owners.get(one.registry.host);
    if (!owner || goesBefore(one, owner)) owners.set(one.registry.host, one);
  }
  const owning = [...owners.values()];
  return {
    jobs: groupJobs(owning.filter((one) => !one.credentialsOnlyInEnvironment)),
    unattended: owning.filter((one) => one.credentialsOnlyInEnvironment).map(unattended),
    forgotten,
  };
}

/** Whether a plan for the same registries is still what `planRefresh` would make: none is forgotten anew. */
export function isPlanCurrent({ forgotten }: Plan, kept: readonly ManagedRegistry[], now: number): boolean {
  return kept.filter((one) => isForgotten(one, now)).length === forgotten.length;
}

function isForgotten({ origin, lastColdGetAt }: ManagedRegistry, now: number): boolean {
  return origin === "learnt" && (lastColdGetAt === undefined || now - lastColdGetAt > memory);
}

function goesBefore(one: ManagedRegistry, other: ManagedRegistry): boolean {
  const rank = precedence.indexOf(one.origin) - precedence.indexOf(other.origin);
  return rank !== 0 ? rank < 0 : (one.lastColdGetAt ?? 0) > (other.lastColdGetAt ?? 0);
}

function unattended(kept: ManagedRegistry): Unattended {
  const { why, fix } = wordsOf(kept);
  const what = `${kept.registry.host} is not renewed in the background: ${why}`;
  return { kept, code: "KEYS_IN_ENVIRONMENT", what, fix };
}

function wordsOf({ identity }: ManagedRegistry): { readonly why: string; readonly fix: string } {
  const chosen = identitySourceOf(identity);
  switch (chosen.by) {
    case "keys":
      return {
        why: `${identity} gave its token, and the daemon does not have them`,
        fix: "put the keys into a profile and name it as this registry's identity in config.yaml",
      };
    case "profile":
      return {
        why: `${identity} gave its token, and the daemon's environment does not name that profile`,
        fix: `name profile ${chosen.profile} as this registry's identity in config.yaml`,
      };
    case "other":
      return {
        why: `${identity} gave its token under another HOME or other AWS_ variables (files, endpoints, credentials) than the daemon's`,
        fix: "start the daemon with the HOME and the AWS_ variables of who pulls",
      };
  }
}
