import type { Config } from "../config/config.ts";
import { followedSources, type KnownRules } from "../config/replication.ts";
import type { PrivateRegistry } from "../registry/registry.ts";
import { type Destination, replicaOf } from "../registry/replica.ts";
import { Failure } from "../token/failure.ts";

/** A registry whose replication rules are followed, and what is known of them. */
export interface KeptSource {
  readonly registry: PrivateRegistry;
  /** Whether its rules were ever read. */
  readonly isKnown: boolean;
  readonly targets: readonly PrivateRegistry[];
  /** REPLICATION_TARGET: destinations that name no registry. */
  readonly problems: readonly Failure[];
}

export function keptSources(config: Config, known: KnownRules): readonly KeptSource[] {
  return followedSources(config).map(({ registry }) => {
    const targets: PrivateRegistry[] = [];
    const problems: Failure[] = [];
    for (const destination of known.get(registry.host) ?? []) {
      const target = replicaOf(registry, destination);
      if (target) targets.push(target);
      else problems.push(noTarget(registry, destination));
    }
    return { registry, isKnown: known.has(registry.host), targets, problems };
  });
}

function noTarget({ host, partition }: PrivateRegistry, { account, region }: Destination): Failure {
  return new Failure(
    "REPLICATION_TARGET",
    `${host} replicates to account ${account} in ${region}, which is no region of partition ${partition} that this version knows: no token is kept for it`,
    `see the replication rules of ${host}; if AWS has that region, update this program`,
  );
}
