/** The lifetime of a token by this machine's clock. All times in milliseconds. */
export interface Life {
  /** When it was fetched, by this machine's clock. */
  readonly issuedAt: number;
  /** After this time, a new token is fetched before this one is used. */
  readonly freshUntil: number;
  /** The expiry by this machine's clock: AWS's time minus the clock skew at the time of the fetch. */
  readonly expiresAt: number;
  /**
   * The expiry by AWS's clock, if that is earlier because this machine's clock was ahead. It is used after a reboot, since
   * the clock may have been corrected in between.
   */
  readonly expiresAtAws?: number;
  /** The boot in which it was fetched and the uptime then; absent if the system reports none. */
  readonly boot?: Boot;
}

export interface Boot {
  readonly id: string;
  readonly uptime: number;
}

/** The wall clock, which can be set, and the uptime, which can't. */
export interface Clock {
  readonly now: number;
  readonly boot?: Boot;
}

/** fresh: use it. usable: still valid, but fetch a new one first. expired: never use it. */
export type LifeState = "fresh" | "usable" | "expired";

/** A wall clock that was set back by less than this counts as an ordinary correction by NTP. */
const setBackTolerance = 2 * 60_000;

/** ECR's tokens live for 12 hours: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const longestLife = 12 * 3_600_000;

/**
 * Whether a token may be used at the time of `clock`. The token's age is the longer of those by wall clock and by uptime,
 * so an expired token stays expired after the wall clock is set back. A wall clock before the time of issue was set back:
 * the token is then usable, but not fresh.
 */
export function lifeState(life: Life, clock: Clock): LifeState {
  const at = timeInLife(life, clock);
  const end = expiry(life, clock);
  if (at >= end || isIssuedFarAhead(life, clock)) return "expired";
  if (at >= life.freshUntil - (life.expiresAt - end) || clock.now < life.issuedAt - setBackTolerance)
    return "usable";
  return "fresh";
}

/** Milliseconds that an answer takes, and by which clocks differ that count as equal. */
const inaccuracy = 10 * 60_000;

/**
 * The clock skew with which the life of a new token is calculated. Usually it is that of the answer's `Date`: this
 * machine's clock may be wrong by days. But `Date` may be wrong too. ECR's tokens live for 12 hours, so the clock by which
 * this one does is right. If neither is, the token must be valid by both: else an expired one would be used.
 *
 * @param expiresAt as AWS reports it
 * @param clockSkew the answer's `Date` minus the local clock
 * @param now by the local clock
 */
export function consistentSkew(expiresAt: number, clockSkew: number, now: number): number {
  const lives12Hours = (skew: number) => Math.abs(expiresAt - skew - now - longestLife) <= inaccuracy;
  if (lives12Hours(clockSkew)) return clockSkew;
  if (lives12Hours(0)) return 0;
  // The larger skew gives the earlier end. By a clock that is far ahead no token would be valid.
  return expiresAt > now ? Math.max(clockSkew, 0) : clockSkew;
}

/**
 * The life of a token that was just issued.
 *
 * @param expiresAt as AWS reports it, by AWS's clock
 * @param clockSkew AWS's clock minus the local clock
 * @param minValidity the life that a fresh token must have left; at most half of its lifetime is used, because a token
 *   with a short lifetime would otherwise never be fresh
 * @param took the time from the request to `clock`: despite a wrong `Date` in the answer, or a clock that was set
 *   meanwhile, the token must not live longer than 12 hours after its request
 */
export function lifeOf(
  expiresAt: number,
  clockSkew: number,
  minValidity: number,
  clock: Clock,
  took = 0,
): Life {
  // Whole milliseconds, as in the file: a planned renewal is recognized by this time.
  const expiresHere = Math.floor(Math.min(expiresAt - clockSkew, clock.now - took + longestLife));
  const life = {
    issuedAt: clock.now,
    freshUntil: expiresHere,
    expiresAt: expiresHere,
    ...(expiresAt < expiresHere && { expiresAtAws: expiresAt }),
    ...(clock.boot && { boot: clock.boot }),
  };
  return withMinValidity(life, minValidity);
}

/** The same life with another `minValidity`: config.yaml may have changed since the token was fetched. */
export function withMinValidity(life: Life, minValidity: number): Life {
  const margin = Math.min(minValidity, lifeLength(life) / 2);
  return { ...life, freshUntil: life.expiresAt - margin };
}

/** The time from issue to expiry; at most 12 hours, even if the file contains more. */
export function lifeLength({ issuedAt, expiresAt }: Life): number {
  return Math.min(longestLife, Math.max(0, expiresAt - issuedAt));
}

/**
 * Milliseconds between two moments: by uptime if both are in the same boot, else by the wall clock. Never negative.
 */
export function elapsed(from: Clock, to: Clock): number {
  const isOneBoot = from.boot !== undefined && from.boot.id === to.boot?.id;
  const age = isOneBoot ? (to.boot?.uptime ?? 0) - (from.boot?.uptime ?? 0) : to.now - from.now;
  return Math.max(0, age);
}

/** The time left in milliseconds, consistent with `lifeState`; 0 once expired. */
export function timeLeft(life: Life, clock: Clock): number {
  if (isIssuedFarAhead(life, clock)) return 0;
  return Math.max(0, expiry(life, clock) - Math.max(timeInLife(life, clock), life.issuedAt));
}

function expiry(life: Life, clock: Clock): number {
  const end = life.issuedAt + lifeLength(life);
  return isSameBoot(life, clock) ? end : Math.min(end, life.expiresAtAws ?? end);
}

/**
 * Whether no clock could expire this token in time: the system reports no boot, and by the wall clock the token will be
 * issued more than 12 hours from now.
 */
function isIssuedFarAhead({ issuedAt }: Life, { now, boot }: Clock): boolean {
  return boot === undefined && issuedAt - now > longestLife;
}

function isSameBoot(life: Life, clock: Clock): boolean {
  return life.boot !== undefined && life.boot.id === clock.boot?.id;
}

/** The wall clock, corrected if it was set back after the token was issued. */
function timeInLife(life: Life, clock: Clock): number {
  if (!isSameBoot(life, clock)) {
    // The wall clock was set back in another boot: it alone would extend the token's life by that time.
    const isSetBack = clock.now < life.issuedAt - setBackTolerance;
    return isSetBack && clock.boot ? Math.max(clock.now, life.issuedAt + clock.boot.uptime) : clock.now;
  }
  const age = (clock.boot?.uptime ?? 0) - (life.boot?.uptime ?? 0);
  return Math.max(clock.now, life.issuedAt + age);
}
