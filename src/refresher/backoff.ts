import { type Clock, lifeState, timeLeft } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { Issued } from "./renewal.ts";
import type { Backoff, Random, Timing } from "./timing.ts";
import { troubleKind } from "./trouble.ts";

/**
 * How long to wait after the `count`-th failure in a row, in milliseconds: full-jitter exponential, and never
 * longer than a quarter of what is left, so that after an outage that a token outlives most of the rest remains.
 *
 * @param lying the token that answers meanwhile, if any
 */
export function waitAfter(
  code: string,
  count: number,
  lying: Issued | undefined,
  clock: Clock,
  random: Random,
  { backoff, hurry }: Timing,
): number {
  const { cap, capUnfresh } = backoff[troubleKind(code)];
  const state = lying ? lifeState(lying.life, clock) : "expired";
  let longest = state === "fresh" ? cap : capUnfresh;
  if (lying && state !== "expired") longest = Math.min(longest, servesFor(lying, clock) * hurry);
  return jittered(backoff[troubleKind(code)], count, longest, random);
}

/** The same for what nobody waits for. */
export function unhurriedWait(code: string, count: number, random: Random, { backoff }: Timing): number {
  const kind = backoff[troubleKind(code)];
  return jittered(kind, count, kind.cap, random);
}

function jittered({ base, floor }: Backoff, count: number, longest: number, random: Random): number {
  const ceiling = Math.min(base * 2 ** Math.min(count - 1, 30), longest);
  return Math.ceil(Math.max(floor, ceiling * random()));
}

/**
 * Milliseconds for which a valid token serves without anybody's having to look for another: until its reserve
 * begins or its session ends, then until it expires.
 */
export function servesFor({ life, sessionEndsAt }: Issued, clock: Clock): number {
  if (lifeState(life, clock) !== "fresh") return timeLeft(life, clock);
  const age = ageOf(life, clock);
  const fresh = life.freshUntil - life.issuedAt - age;
  const session = sessionEndsAt === undefined ? 0 : sessionEndsAt - life.issuedAt - age;
  return session > 0 ? Math.min(fresh, session) : fresh;
}
