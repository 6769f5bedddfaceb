import { traitsOf } from "../token/failure-codes.ts";
import { type Clock, lifeLength, lifeState, timeLeft } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { IssuedToken } from "./renewal.ts";
import type { Backoff, FailureKind, Random, Timing } from "./timing.ts";

/**
 * Milliseconds to wait after the `count`-th failure in a row: exponential with full jitter, and at most a quarter of
 * the time that the token is still valid, so that several attempts are left before it expires.
 *
 * @param cached the token that is in use meanwhile, if any
 */
export function waitAfter(
  code: string,
  count: number,
  cached: IssuedToken | undefined,
  clock: Clock,
  random: Random,
  timing: Timing,
): number {
  const usual = timing.backoff[retryKind(code)];
  const state = cached ? lifeState(cached.life, clock) : "expired";
  const scale = cached ? delayScale(cached, timing) : 1;
  let longest = scale * (state === "fresh" ? usual.cap : usual.capUnfresh);
  if (cached && state !== "expired")
    longest = Math.min(longest, usableFor(cached, clock) * timing.maxWaitFraction);
  // The floor is not scaled: for a token that lives for seconds, or has expired, the wait would be almost 0.
  return jittered({ base: scale * usual.base, floor: usual.floor }, count, longest, random);
}

/** Milliseconds to wait after the `count`-th failure in a row of a request that no valid token depends on. */
export function baseDelay(code: string, count: number, random: Random, { backoff }: Timing): number {
  const kind = backoff[retryKind(code)];
  return jittered(kind, count, kind.cap, random);
}

function jittered(
  { base, floor }: Pick<Backoff, "base" | "floor">,
  count: number,
  longest: number,
  random: Random,
): number {
  const ceiling = Math.min(base * 2 ** Math.min(count - 1, 30), longest);
  return Math.ceil(Math.max(floor, ceiling * random()));
}

/** The factor for the usual waits: 1, or less if the token is short-lived. */
function delayScale({ life }: IssuedToken, { shortLife }: Timing): number {
  return Math.min(1, lifeLength(life) / shortLife);
}

/** Milliseconds for which a valid token can be used without a new fetch: while it is fresh, afterwards until it expires. */
function usableFor({ life }: IssuedToken, clock: Clock): number {
  if (lifeState(life, clock) !== "fresh") return timeLeft(life, clock);
  return life.freshUntil - life.issuedAt - ageOf(life, clock);
}

/** @param code a code that is unknown, or has no `retry`, counts as passing */
function retryKind(code: string): FailureKind {
  return traitsOf(code).retry ?? "passing";
}
