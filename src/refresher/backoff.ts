import { traitsOf } from "../token/failure-codes.ts";
import { type Clock, lifeLength, lifeState, timeLeft } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { Issued } from "./renewal.ts";
import type { Backoff, FailureKind, Random, Timing } from "./timing.ts";

/**
 * How long to wait after the `count`-th failure in a row, in milliseconds: full-jitter exponential, and never
 * longer than a quarter of what is left, so that after an outage that a token outlives most of the rest remains.
 *
 * @param lying the token that answers meanwhile, if any
 */
export function waitAfter(
  code: string,
  count: number,
  cached: Issued | undefined,
  clock: Clock,
  random: Random,
  timing: Timing,
): number {
  const usual = timing.backoff[retryKind(code)];
  const state = cached ? lifeState(cached.life, clock) : "expired";
  const scale = cached ? shortness(cached, timing) : 1;
  let longest = scale * (state === "fresh" ? usual.cap : usual.capUnfresh);
  if (cached && state !== "expired")
    longest = Math.min(longest, usableFor(cached, clock) * timing.maxWaitFraction);
  // The floor stays: of a token that lives for seconds, or is over, next to nothing would be left of it.
  return jittered({ base: scale * usual.base, floor: usual.floor }, count, longest, random);
}

/** The same for what nobody waits for. */
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

/** What share of the usual waits suits a token: all of them, or less where it is short-lived. */
function shortness({ life }: Issued, { shortLife }: Timing): number {
  return Math.min(1, lifeLength(life) / shortLife);
}

/** Milliseconds for which a valid token serves without a better one: until its reserve begins, then until it expires. */
function usableFor({ life }: Issued, clock: Clock): number {
  if (lifeState(life, clock) !== "fresh") return timeLeft(life, clock);
  return life.freshUntil - life.issuedAt - ageOf(life, clock);
}

/** @param code one that is not known here, or whose retry is not set, passes by itself */
function retryKind(code: string): FailureKind {
  return traitsOf(code).retry ?? "passing";
}
