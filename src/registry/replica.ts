import { parseHost, privateHost } from "./host.ts";
import type { PrivateRegistry } from "./registry.ts";

/** A replication destination, as AWS names it: one region of one account. */
export interface Destination {
  readonly account: string;
  readonly region: string;
}

/**
 * The registry of a destination, under its plain host name; undefined if the region is unknown or belongs to another
 * partition than the source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export function replicaOf(
  { partition }: PrivateRegistry,
  { account, region }: Destination,
): PrivateRegistry | undefined {
  const registry = parseHost(privateHost(account, region));
  return registry?.kind === "private" && registry.partition === partition ? registry : undefined;
}
