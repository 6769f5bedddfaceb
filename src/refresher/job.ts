import type { Registry } from "../registry/registry.ts";

/** One call to AWS: an identity in a region, and the registries that its token opens. */
export interface Job {
  /** Of the authorization token: the same as long as identity and region are. */
  readonly key: string;
  /** For a person. */
  readonly identity: string;
  readonly region: string;
  /** The one whose API endpoint is called. */
  readonly askThrough: Registry;
  /** Sorted by host. */
  readonly registries: readonly Registry[];
  /** Changes with everything that may end a failure: AWS files, sign-in caches, config. */
  readonly conditions: string;
  /** Changes with the registries and the conditions: their token files have then to be written anew. */
  readonly revision: string;
}
