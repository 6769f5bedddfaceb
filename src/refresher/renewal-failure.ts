import { Failure, type FailureNote, partsOf } from "../token/failure.ts";
import type { FailureCode } from "../token/failure-codes.ts";
import { isoTime } from "../token/iso-time.ts";
import { type Clock, type Life, lifeLength, timeLeft } from "../token/life.ts";
import type { Job } from "./job.ts";

/** A token's issue and end; milliseconds since the epoch. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A job whose last attempts failed. */
export interface FailingJob {
  readonly job: Job;
  readonly note: FailureNote;
  /** When the first of these attempts failed; milliseconds since the epoch. */
  readonly since: number;
  /** Of the token before; absent: there is none. */
  readonly token?: TokenTimes;
}

/** The registry in the message of a failed fetch. */
export function registryNamedIn(what: string): string | undefined {
  return /^no ECR token for (\S+)/.exec(partsOf(what)?.summary ?? what)?.[1];
}

/**
 * The failure to renew a token that there is, or was: until when that is valid comes first. Where there never was one
 * the failure stays as it is.
 *
 * @param since milliseconds since the epoch; undefined: not known
 * @param subject comes before it, such as a host
 */
export function renewalFailure(
  note: FailureNote,
  since: number | undefined,
  token: TokenTimes | undefined,
  now: number,
  subject?: string,
): Failure {
  const { code, what, fix } = note;
  if (!token) return Failure.from(note);
  const isValid = now < token.expiresAt;
  const end = isoTime(token.expiresAt);
  const notRenewed = `not renewed${since === undefined ? "" : ` since ${isoTime(since)}`}`;
  const state = isValid ? `${notRenewed}, valid until ${end}` : `expired at ${end}, ${notRenewed}`;
  const start = subject === undefined ? state : `${subject}: ${state}`;
  const parts = partsOf(what);
  return new Failure(code as FailureCode, parts ? { ...parts, summary: start } : `${start}: ${what}`, fix);
}

/** The same for the daemon's log: the registry whose endpoint is called stands for all that share the token. */
export function failureOfJob({ job, note, since, token }: FailingJob, now: number): Failure {
  const { askThrough, registries } = job;
  const others = registries.length - 1;
  const subject = others > 0 ? `${askThrough.host} and ${others} more` : askThrough.host;
  return renewalFailure(note, since, token, now, subject);
}

/** Clocks are corrected by less than this all the time, which moves no end. */
const correction = 60_000;

/**
 * Of the token that is stored, else of the one before, once it is over. The end is by this machine's clock as it is
 * now, and the same at each look as long as no one sets that.
 */
export function tokenTimes(
  life: Life | undefined,
  issue: TokenTimes | undefined,
  clock: Clock,
): TokenTimes | undefined {
  if (!life) {
    return issue && issue.expiresAt <= clock.now
      ? { issuedAt: issue.issuedAt, expiresAt: issue.expiresAt }
      : undefined;
  }
  const { issuedAt } = life;
  const left = timeLeft(life, clock);
  const end = issuedAt + lifeLength(life);
  if (left === 0) return { issuedAt, expiresAt: Math.min(end, life.expiresAtAws ?? end, clock.now) };
  const moved = clock.now + left - end;
  const isMoved = Math.abs(moved) >= correction;
  return { issuedAt, expiresAt: isMoved ? end + Math.ceil(moved / correction) * correction : end };
}
