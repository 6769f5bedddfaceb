import { type Clock, type Life, lifeLength } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { Random, Timing } from "./timing.ts";

/** As much of an authorization as its renewal depends on. */
export interface Issued {
  readonly life: Life;
}

/** How a token came. */
export interface Issue {
  /**
   * By a renewal that failures kept for so many milliseconds from its moment, 0 where none did. Absent: at a
   * moment of its own, such as a first start or a build's.
   */
  readonly delayed?: number | undefined;
}

/**
 * At which age of a token its renewal begins, in milliseconds; drawn anew for each token. It depends on the token's own
 * expiry alone, as in AWS's tools: a token outlives the session that fetched it. One that does not is found by
 * `check-tokens.ts`.
 */
export function scheduleRenewal(
  { life }: Issued,
  { delayed }: Issue,
  clock: Clock,
  random: Random,
  timing: Timing,
): number {
  const whole = lifeLength(life);
  const age = ageOf(life, clock);
  const next = delayed === undefined ? 0 : steady(whole, random, timing) - delayed;
  return Math.ceil(next > 0 ? next : phase(whole, age, random, timing));
}

/**
 * For a token that was renewed as planned: just before the half of its life. After an outage the next renewal
 * is reckoned from the moment for which this one was planned, so a fleet that comes back together parts again.
 */
function steady(span: number, random: Random, { earliest, latest }: Timing): number {
  return span * between([earliest, latest], random);
}

/**
 * For a token that came at any other moment: a first start, an outage that it did not outlive, a build. A whole
 * fleet may have had the same one, and a spread about the half would keep it together for days. This draws as
 * if the renewals had always been going on, from the distribution of the time that a passer-by waits for the
 * next (the equilibrium distribution of a renewal process), so the calls are even from the first renewal on,
 * for half a call more.
 *
 * @param age of a token that was found: what is drawn lies between it and the latest moment
 */
function phase(span: number, age: number, random: Random, { earliest, latest }: Timing): number {
  const mean = (earliest + latest) / 2;
  const wait = span * Math.abs(mean * random() + between([earliest - mean, latest - mean], random));
  return age + wait * Math.max(0, 1 - age / (span * latest));
}

function between([from, to]: readonly [number, number], random: Random): number {
  return from + (to - from) * random();
}
