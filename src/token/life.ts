/** How long an authorization token holds, by the clock of the machine that keeps it. Milliseconds throughout. */
export interface Life {
  /** When it was obtained, by this machine's clock. */
  readonly issuedAt: number;
  /** From then on a better one is looked for first. */
  readonly freshUntil: number;
  /** From then on it is worth nothing. This machine's clock: AWS's time less the skew seen when it was issued. */
  readonly expiresAt: number;
  /**
   * The same by AWS's clock, where that is earlier: this machine's was ahead. It counts after another
   * boot, since nobody knows whether the clock was put right in between.
   */
  readonly expiresAtAws?: number;
  /** The boot it was obtained in and that boot's age then; absent where the system does not tell. */
  readonly boot?: Boot;
}

export interface Boot {
  readonly id: string;
  readonly uptime: number;
}

/** What the time is, twice: the wall clock can be set, the age of the boot can't. */
export interface Clock {
  readonly now: number;
  readonly boot?: Boot;
}

/** fresh: print it. usable: valid, yet look for a better one first. expired: never hand it out. */
export type LifeState = "fresh" | "usable" | "expired";

/** A wall clock that was set back by less than this is taken for the ordinary corrections of NTP. */
const setBackTolerance = 2 * 60_000;

/** ECR's tokens live for 12 hours: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const longestLife = 12 * 3_600_000;

/**
 * Whether a token may be handed out at `clock`. The token's age is the longer of what the wall clock
 * and the boot's age say, so a clock that was set back does not bring an expired token to life. One
 * that lies before the issue shows that the clock was moved: still usable, no longer fresh.
 */
export function lifeState(life: Life, clock: Clock): LifeState {
  const at = timeInLife(life, clock);
  const end = expiry(life, clock);
  if (at >= end || isFromFarAhead(life, clock)) return "expired";
  if (at >= life.freshUntil - (life.expiresAt - end) || clock.now < life.issuedAt - setBackTolerance)
    return "usable";
  return "fresh";
}

/**
 * The life of a token that was just issued.
 *
 * @param expiresAt AWS's word for it, by AWS's clock
 * @param clockSkew AWS's clock minus ours
 * @param minValidity how much life a token must have left to be handed out without looking for a
 *   better one; at most half of the token's life counts, else one of short life would never be fresh
 * @param took time from the request for it to `clock`: a wrong `Date` in the answer, or a clock that was set
 *   meanwhile, must not make the token live for more than 12 hours after its request
 */
export function lifeOf(
  expiresAt: number,
  clockSkew: number,
  minValidity: number,
  clock: Clock,
  took = 0,
): Life {
  const expiresHere = Math.min(expiresAt - clockSkew, clock.now - took + longestLife);
  const life = {
    issuedAt: clock.now,
    freshUntil: expiresHere,
    expiresAt: expiresHere,
    ...(expiresAt < expiresHere && { expiresAtAws: expiresAt }),
    ...(clock.boot && { boot: clock.boot }),
  };
  return withMinValidity(life, minValidity);
}

/** The same life under another reserve than the one that it was issued under: config.yaml may have changed since. */
export function withMinValidity(life: Life, minValidity: number): Life {
  const reserve = Math.min(minValidity, lifeLength(life) / 2);
  return { ...life, freshUntil: life.expiresAt - reserve };
}

/** From a token's issue to its end, whatever its file says: at most 12 hours. */
export function lifeLength({ issuedAt, expiresAt }: Life): number {
  return Math.min(longestLife, Math.max(0, expiresAt - issuedAt));
}

/**
 * Milliseconds from one moment to another that came after it: by the age of the boot where it is the same one, else
 * by the wall clock. Never negative.
 */
export function elapsed(from: Clock, to: Clock): number {
  const isOneBoot = from.boot !== undefined && from.boot.id === to.boot?.id;
  const age = isOneBoot ? (to.boot?.uptime ?? 0) - (from.boot?.uptime ?? 0) : to.now - from.now;
  return Math.max(0, age);
}

/** Time left in milliseconds by the same reckoning as `lifeState`; 0 once expired. */
export function timeLeft(life: Life, clock: Clock): number {
  if (isFromFarAhead(life, clock)) return 0;
  return Math.max(0, expiry(life, clock) - Math.max(timeInLife(life, clock), life.issuedAt));
}

function expiry(life: Life, clock: Clock): number {
  const end = life.issuedAt + lifeLength(life);
  return isSameBoot(life, clock) ? end : Math.min(end, life.expiresAtAws ?? end);
}

/**
 * Whether no clock is left that could end this life in time: the system tells no boot, and by the wall clock the token
 * is to be issued more than 12 hours from now.
 */
function isFromFarAhead({ issuedAt }: Life, { now, boot }: Clock): boolean {
  return boot === undefined && issuedAt - now > longestLife;
}

function isSameBoot(life: Life, clock: Clock): boolean {
  return life.boot !== undefined && life.boot.id === clock.boot?.id;
}

/** What the wall clock says, or would say had nobody set it back since the token was issued. */
function timeInLife(life: Life, clock: Clock): number {
  if (!isSameBoot(life, clock)) {
    // Set back in another boot, the wall clock alone would let the token live on for as long as it was set back.
    const isSetBack = clock.now < life.issuedAt - setBackTolerance;
    return isSetBack && clock.boot ? Math.max(clock.now, life.issuedAt + clock.boot.uptime) : clock.now;
  }
  const age = (clock.boot?.uptime ?? 0) - (life.boot?.uptime ?? 0);
  return Math.max(clock.now, life.issuedAt + age);
}
