import { Failure, type FailureNote, partsOf } from "../token/failure.ts";
import type { FailureCode } from "../token/failure-codes.ts";
import { isoTime } from "../token/iso-time.ts";
import { type Clock, type Life, lifeLength, timeLeft } from "../token/life.ts";
import type { Job } from "./job.ts";

/** A token's issue and end; milliseconds since the epoch. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When its registry refused it; absent: it did not. */
  readonly refusedAt?: number;
}

/** A job whose last attempts failed. */
export interface FailingJob {
  readonly job: Job;
  readonly note: FailureNote;
  /** When the first of these attempts failed; milliseconds since the epoch. */
  readonly since: number;
  /** When the last of them failed, and when the next one is due; milliseconds since the epoch. */
  readonly at: number;
  readonly retryAt: number;
  /** The previous token; absent: there is none. */
  readonly token?: TokenTimes;
}

/** The registry that the message of a failed fetch names. */
export function registryNamedIn(what: string): string | undefined {
  return /^no ECR token for (\S+)/.exec(partsOf(what)?.summary ?? what)?.[1];
}

/**
 * The failure to renew a token: its message begins with the end of the present token's validity. Without a present or
 * former token the failure is unchanged.
 *
 * @param since milliseconds since the epoch; undefined: not known
 * @param subject what the message begins with, such as a host
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
  const isRefused = isValid && token.refusedAt !== undefined;
  const validity = isRefused
    ? `refused by its registry at ${isoTime(token.refusedAt)}`
    : `valid until ${end}`;
  const state = isValid ? `${notRenewed}, ${validity}` : `expired at ${end}, ${notRenewed}`;
  const start = subject === undefined ? state : `${subject}: ${state}`;
  const parts = partsOf(what);
  return new Failure(code as FailureCode, parts ? { ...parts, summary: start } : `${start}: ${what}`, fix);
}

/** The failure of a job for the daemon's log. It names one of the registries that share the token, and how many more. */
export function failureOfJob({ job, note, since, token }: FailingJob, now: number): Failure {
  const { endpointRegistry, registries } = job;
  const others = registries.length - 1;
  const subject = others > 0 ? `${endpointRegistry.host} and ${others} more` : endpointRegistry.host;
  return renewalFailure(note, since, token, now, subject);
}

/**
 * The failure of a job that a command has not tried to renew, because the attempt before failed: it must not look as if
 * AWS had just answered.
 */
export function rememberedFailure(failing: FailingJob, now: number): Failure {
  const { code, message, fix, parts } = failureOfJob(failing, now);
  const { host } = failing.job.endpointRegistry;
  const next = `next attempt after ${isoTime(Math.max(failing.retryAt, now))}, or at once with 'docker-credential-ecr refresh ${host}'`;
  const note = ` (not tried again: this is the failure of ${isoTime(failing.at)}; ${next})`;
  return new Failure(code, parts ? { ...parts, reason: parts.reason + note } : message + note, fix);
}

/** Milliseconds. NTP corrects clocks by less than this all the time, which must not change the expiry shown. */
const correction = 60_000;

/**
 * The times of the stored token, or of the previous one if that has expired. The expiry is by this machine's present
 * clock, and the same at each call until the clock is set.
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
  const refused = issue?.issuedAt === issuedAt &&
    issue.refusedAt !== undefined && { refusedAt: issue.refusedAt };
  const left = timeLeft(life, clock);
  const end = issuedAt + lifeLength(life);
  if (left === 0)
    return { issuedAt, expiresAt: Math.min(end, life.expiresAtAws ?? end, clock.now), ...refused };
  const moved = clock.now + left - end;
  const isMoved = Math.abs(moved) >= correction;
  const expiresAt = isMoved ? end + Math.ceil(moved / correction) * correction : end;
  return { issuedAt, expiresAt, ...refused };
}
