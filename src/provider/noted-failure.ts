import type { FailureEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";

/** The request that a failure is to answer. */
export interface RepeatedRequest {
  /** The API host that it would call. */
  readonly endpoint: string;
  readonly host: string;
}

/** A failure that another request met, in the words for this one; undefined where it called another endpoint. */
export function notedFailure(noted: FailureEntry, { endpoint, host }: RepeatedRequest): Failure | undefined {
  if (noted.endpoint !== endpoint) return undefined;
  return Failure.from({ ...noted, what: noted.what.replaceAll(noted.host, host) });
}
