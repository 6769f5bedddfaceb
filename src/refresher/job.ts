import type { Registry } from "../registry/registry.ts";

/** One call to AWS: an identity in a region, and the registries that its token is valid for. */
export interface Job {
  /** The authorization token's key; it depends on identity and region alone. */
  readonly key: string;
  /** As shown to users. */
  readonly identity: string;
  readonly region: string;
  /** The registry whose API endpoint is called. */
  readonly endpointRegistry: Registry;
  /** Sorted by host. */
  readonly registries: readonly Registry[];
  /** A fingerprint of everything whose change may end a failure: AWS files, sign-in caches, config. */
  readonly conditions: string;
  /** A fingerprint of registries and conditions. When it changes, the registries' token files are written again. */
  readonly revision: string;
}
