import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { FailureCode } from "../../token/failure-codes.ts";
import type { Identity } from "../../token/identity.ts";

/** What is known of an error: a stable code, why in words, what to do about it. Nothing secret in any. */
export interface Diagnosis {
  readonly code: FailureCode;
  readonly why: string;
  readonly fix: string;
}

/** What was asked for, and for whom. */
export interface Asked {
  readonly wanted: "token" | "replication rules" | "caller";
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  /** For messages. */
  readonly config?: ConfigPlace;
}

/** The program's own config, and the line that defines the identity; no line: it defines none. */
export interface ConfigPlace {
  readonly path: string;
  readonly line?: number;
}

/** "…/config.yaml:4" */
export function placeIn({ path, line }: ConfigPlace): string {
  return line === undefined ? path : `${path}:${line}`;
}
