import type { Registry } from "../registry/registry.ts";

/** A registry to keep, and who keeps it. */
export interface ManagedRegistry {
  readonly registry: Registry;
  /** For a person. */
  readonly identity: string;
  /** The key of the authorization token that serves it. */
  readonly authorization: string;
  /** See `Job`. */
  readonly conditions: string;
  readonly origin: Origin;
  /** Of a replication target: the host of the registry that replicates to it. */
  readonly source?: string;
  /** Of a learnt one, or one that is just being asked for; milliseconds since the epoch. */
  readonly lastColdGetAt?: number;
  /** The daemon can't become this identity: the environment of the build that asked made it what it is. */
  readonly credentialsOnlyInEnvironment?: boolean;
}

export type Origin = "configured" | "replication" | "learnt";
