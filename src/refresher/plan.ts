import { identitySourceOf } from "../token/identity.ts";
import { groupJobs } from "./group.ts";
import type { Job } from "./job.ts";
import type { ManagedRegistry, Origin } from "./managed-registry.ts";

/** A managed registry whose token can't be renewed in the background, and why; `code` as in Failure. */
export interface Unattended {
  readonly managed: ManagedRegistry;
  readonly code: "KEYS_IN_ENVIRONMENT";
  readonly what: string;
  readonly fix: string;
}

export interface Plan {
  readonly jobs: readonly Job[];
  readonly unattended: readonly Unattended[];
  /** Discovered, and not used for a week: no longer renewed or shown. */
  readonly unused: readonly ManagedRegistry[];
}

/** Milliseconds for which a discovered registry is renewed after its last cold get. */
const unusedAfter = 7 * 24 * 3_600_000;

/** If a host is listed twice, the first origin in this order wins. */
const precedence: readonly Origin[] = ["configured", "replication", "discovered"];

/**
 * The jobs for the managed registries. Each host belongs to one job.
 *
 * @param now milliseconds since the epoch. A last get in the future, since the clock was set back, counts as now
 */
export function planRefresh(managed: readonly ManagedRegistry[], now: number): Plan {
  const unused = managed.filter((one) => isUnused(one, now));
  const owners = new Map<string, ManagedRegistry>();
  for (const one of managed) {
    if (isUnused(one, now)) continue;
    const owner = owners.get(one.registry.host);
    if (!owner || takesPrecedence(one, owner)) owners.set(one.registry.host, one);
  }
  const owning = [...owners.values()];
  return {
    jobs: groupJobs(owning.filter((one) => !one.credentialsOnlyInEnvironment)),
    unattended: owning.filter((one) => one.credentialsOnlyInEnvironment).map(unattended),
    unused,
  };
}

/** Whether a plan is still what `planRefresh` returns for the same registries: no more of them are unused by now. */
export function isPlanCurrent({ unused }: Plan, managed: readonly ManagedRegistry[], now: number): boolean {
  return managed.filter((one) => isUnused(one, now)).length === unused.length;
}

function isUnused({ origin, lastColdGetAt }: ManagedRegistry, now: number): boolean {
  return origin === "discovered" && (lastColdGetAt === undefined || now - lastColdGetAt > unusedAfter);
}

function takesPrecedence(one: ManagedRegistry, other: ManagedRegistry): boolean {
  const rank = precedence.indexOf(one.origin) - precedence.indexOf(other.origin);
  return rank !== 0 ? rank < 0 : (one.lastColdGetAt ?? 0) > (other.lastColdGetAt ?? 0);
}

function unattended(managed: ManagedRegistry): Unattended {
  const { why, fix } = explain(managed);
  const what = `${managed.registry.host} is not renewed in the background: ${why}`;
  return { managed, code: "KEYS_IN_ENVIRONMENT", what, fix };
}

function explain({ identity, registry }: ManagedRegistry): { readonly why: string; readonly fix: string } {
  const chosen = identitySourceOf(identity);
  switch (chosen.by) {
    case "keys":
      return {
        why: `its token was fetched with ${identity}, which the daemon does not have`,
        fix: "put the keys into a profile and name it as this registry's identity in config.yaml",
      };
    case "profile":
      return {
        why: `its token was fetched with ${identity}, and the daemon's environment does not name that profile`,
        fix: `name profile ${chosen.profile} as this registry's identity in config.yaml`,
      };
    case "other":
      return {
        why: `its token was fetched with ${identity}, in an environment with another HOME or other variables, such as AWS_PROFILE`,
        fix: `name this registry's identity in config.yaml, for each environment and the daemon; 'docker-credential-ecr refresh ${registry.host}' fetches a token for this environment`,
      };
  }
}
