import { parseHost, privateHost } from "./host.ts";
import type { PrivateRegistry } from "./registry.ts";

/** Where a registry replicates to, in AWS's words: one region of one account. */
export interface Destination {
  readonly account: string;
  readonly region: string;
}

/**
 * The registry of a destination, under its plain host name; nothing where the region is none, or of another partition
 * than the source's: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export function replicaOf(
  { partition }: PrivateRegistry,
  { account, region }: Destination,
): PrivateRegistry | undefined {
  const registry = parseHost(privateHost(account, region));
  return registry?.kind === "private" && registry.partition === partition ? registry : undefined;
}
