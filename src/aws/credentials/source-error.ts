import type { CredentialSource } from "../../profiles/credential-source.ts";
import { Failure } from "../../token/failure.ts";
import { RoleError } from "./role-error.ts";

/** A credential source failed; `cause` is the error of the SDK's provider. */
export class SourceError extends Error {
  readonly kind: CredentialSource["kind"];
  /** The profile that names the source; absent: the environment does. */
  readonly profile: string | undefined;

  private constructor({ kind, profile }: SourceOfError, cause: unknown) {
    super(`credentials of ${profile ?? "the environment"}`, { cause });
    this.name = "SourceError";
    this.kind = kind;
    this.profile = profile;
  }

  /** Wraps an error, unless it already names the failed step. */
  static of(source: SourceOfError, error: unknown): Error {
    return error instanceof Failure || error instanceof RoleError ? error : new SourceError(source, error);
  }
}

interface SourceOfError {
  readonly kind: CredentialSource["kind"];
  readonly profile?: string;
}
