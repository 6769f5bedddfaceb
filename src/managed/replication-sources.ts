import type { Config } from "../config/config.ts";
import { followedSources, type KnownRules } from "../config/replication.ts";
import type { PrivateRegistry } from "../registry/registry.ts";
import { type Destination, replicaOf } from "../registry/replica.ts";
import { Failure } from "../token/failure.ts";

/** A registry whose replication rules are followed, and its targets. */
export interface ReplicationSource {
  readonly registry: PrivateRegistry;
  /** Whether its rules have been read. */
  readonly isKnown: boolean;
  readonly targets: readonly PrivateRegistry[];
  /** REPLICATION_TARGET: destinations in unknown regions. */
  readonly problems: readonly Failure[];
}

export function replicationSources(config: Config, known: KnownRules): readonly ReplicationSource[] {
  return followedSources(config).map(({ registry }) => {
    const targets: PrivateRegistry[] = [];
    const problems: Failure[] = [];
    for (const destination of known.get(registry.host) ?? []) {
      const target = replicaOf(registry, destination);
      if (target) targets.push(target);
      else problems.push(unknownRegion(registry, destination));
    }
    return { registry, isKnown: known.has(registry.host), targets, problems };
  });
}

function unknownRegion({ host, partition }: PrivateRegistry, { account, region }: Destination): Failure {
  return new Failure(
    "REPLICATION_TARGET",
    `${host} replicates to account ${account} in ${region}, which this version does not know as a region of partition ${partition}: its token is not renewed`,
    `see the replication rules of ${host}; if AWS has that region, update this program`,
  );
}
