import { Failure } from "../../token/failure.ts";
import type { FailureCode } from "../../token/failure-codes.ts";

export type Status = "ok" | "failed" | "skipped";

/** What one diagnostic came to. Nothing secret in it. */
export interface Finding {
  readonly status: Status;
  /** What was seen; of a skipped one: why it could not be asked, beginning with "because". */
  readonly seen: string;
  /** Of a failed one: what to do. */
  readonly fix?: string;
  /** Of a failed one: stable, as in `Failure`. */
  readonly code?: FailureCode;
  /** Of a failed one: what needs it can be looked at all the same. */
  readonly blocksNothing?: boolean;
}

export function ok(seen: string): Finding {
  return { status: "ok", seen };
}

export function failed(code: FailureCode, seen: string, fix: string): Finding {
  return { status: "failed", seen, fix, code };
}

export function skipped(why: string): Finding {
  return { status: "skipped", seen: `because ${why}` };
}

/** A failure as a finding; what is no Failure goes on being thrown. */
export function failedBy(error: unknown): Finding {
  if (error instanceof Failure) return failed(error.code, error.message, error.fix);
  throw error;
}
