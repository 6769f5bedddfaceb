import type { Registry } from "../registry/registry.ts";

/** A registry whose token is renewed, and the identity that it is renewed with. */
export interface ManagedRegistry {
  readonly registry: Registry;
  /** As shown to users. */
  readonly identity: string;
  /** The key of its authorization token. */
  readonly authorization: string;
  /** See `Job`. */
  readonly conditions: string;
  readonly origin: Origin;
  /** Only for a replication target: the host of the registry that replicates to it. */
  readonly source?: string;
  /** Only for a discovered registry, or one named on the command line; milliseconds since the epoch. */
  readonly lastColdGetAt?: number;
  /** The daemon can't use this identity: it came from the environment of the build that fetched the token. */
  readonly credentialsOnlyInEnvironment?: boolean;
}

export type Origin = "configured" | "replication" | "discovered";
