import { type Clock, type Life, lifeLength } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { Random, Timing } from "./timing.ts";

/** The part of an authorization that its renewal depends on. */
export interface IssuedToken {
  readonly life: Life;
}

/** How a token was obtained. */
export interface IssueContext {
  /**
   * Milliseconds by which failures delayed the scheduled renewal that fetched it, 0 without failures. Absent: it was not
   * fetched by a scheduled renewal, but at a first start or by a build.
   */
  readonly delayed?: number | undefined;
}

/**
 * The age of a token at which its renewal begins, in milliseconds; chosen at random for each token. It depends only on
 * the token's own expiry, as in AWS's tools: a token outlives the session that fetched it. `check-tokens.ts` detects
 * tokens that don't.
 */
export function scheduleRenewal(
  { life }: IssuedToken,
  { delayed }: IssueContext,
  clock: Clock,
  random: Random,
  timing: Timing,
): number {
  const lifetime = lifeLength(life);
  const age = ageOf(life, clock);
  const next = delayed === undefined ? 0 : scheduledAge(lifetime, random, timing) - delayed;
  return Math.ceil(next > 0 ? next : spreadAge(lifetime, age, random, timing));
}

/**
 * For a token from a scheduled renewal: just before half of its life. After an outage the next renewal is calculated
 * from the time for which this one was scheduled, so that a fleet that recovers at one moment spreads out again.
 */
function scheduledAge(span: number, random: Random, { earliest, latest }: Timing): number {
  return span * randomBetween([earliest, latest], random);
}

/**
 * For any other token: from a first start, after an outage longer than the old token's life, from a build. A whole
 * fleet may have fetched at that moment, and a narrow spread around half of the life would keep it together for days.
 * So the age is sampled as if renewals had always been going on: from the time that an observer waits for the next one
 * (the equilibrium distribution of a renewal process). The calls are then even from the first renewal on, at the cost
 * of half a call more.
 *
 * @param age the token's present age: the result is between it and the latest share of its life
 */
function spreadAge(span: number, age: number, random: Random, { earliest, latest }: Timing): number {
  const mean = (earliest + latest) / 2;
  const wait = span * Math.abs(mean * random() + randomBetween([earliest - mean, latest - mean], random));
  return age + wait * Math.max(0, 1 - age / (span * latest));
}

function randomBetween([from, to]: readonly [number, number], random: Random): number {
  return from + (to - from) * random();
}
