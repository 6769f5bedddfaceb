import { Failure } from "../../token/failure.ts";
import type { FailureCode } from "../../token/failure-codes.ts";

export type Status = "ok" | "failed" | "skipped";

/** The result of one check. It contains no secrets. */
export interface Finding {
  readonly status: Status;
  /** What the check observed; if skipped: why, beginning with "because". */
  readonly seen: string;
  /** Only if failed: what to do. */
  readonly fix?: string;
  /** Only if failed: stable, as in `Failure`. */
  readonly code?: FailureCode;
  /** Only if failed: the checks that need this one run anyway. */
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

/** A failure as a finding. @throws any other error again */
export function failedBy(error: unknown): Finding {
  if (error instanceof Failure) return failed(error.code, error.message, error.fix);
  throw error;
}
