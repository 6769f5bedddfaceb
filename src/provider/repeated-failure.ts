import type { FailureEntry } from "../token/entry.ts";
import { Failure } from "../token/failure.ts";

/** A request that a recorded failure may answer. */
export interface RepeatedRequest {
  /** The API host that the request would call. */
  readonly endpoint: string;
  readonly host: string;
}

/** The recorded failure of another request, naming this request's host; undefined if that called another endpoint. */
export function repeatedFailure(
  entry: FailureEntry,
  { endpoint, host }: RepeatedRequest,
): Failure | undefined {
  if (entry.endpoint !== endpoint) return undefined;
  return Failure.from({ ...entry, what: entry.what.replaceAll(entry.host, host) });
}
