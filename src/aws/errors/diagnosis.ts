import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { FailureCode } from "../../token/failure-codes.ts";
import type { Identity } from "../../token/identity.ts";

/** The diagnosis of an error: a stable code, the cause and the fix. Contains no secret. */
export interface Diagnosis {
  readonly code: FailureCode;
  readonly why: string;
  readonly fix: string;
}

/** A request: what is fetched, and for which identity. */
export interface FetchContext {
  readonly wanted: "token" | "replication rules" | "caller";
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  /** For messages. */
  readonly config?: ConfigLocation;
}

/** The path of config.yaml, and the line that defines the identity, if it is defined there. */
export interface ConfigLocation {
  readonly path: string;
  readonly line?: number;
}

/** "…/config.yaml:4" */
export function describeLocation({ path, line }: ConfigLocation): string {
  return line === undefined ? path : `${path}:${line}`;
}
