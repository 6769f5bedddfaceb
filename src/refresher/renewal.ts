import { type Clock, type Life, lifeLength } from "../token/life.ts";
import { ageOf } from "./pause.ts";
import type { Random, Timing } from "./timing.ts";

/** As much of an authorization as its renewal depends on. */
export interface Issued {
  readonly life: Life;
  /** When the credentials that asked for it end, by this machine's clock. */
  readonly sessionEndsAt?: number;
}

/** How a token came. */
export interface Issue {
  /**
   * By a renewal that failures kept for so many milliseconds from its moment, 0 where none did. Absent: at a
   * moment of its own, such as a first start or a build's.
   */
  readonly delayed?: number | undefined;
  /** The session of the token before it. */
  readonly formerSessionEndsAt?: number | undefined;
}

/** Two sessions whose ends lie closer together are one: skew is measured anew with each call. */
const sameSession = 60_000;

/**
 * At which age of a token its renewal begins, in milliseconds; drawn anew for each token.
 *
 * It is by the earlier of the token's end and its session's. Nobody documents that a token dies with the
 * session that asked for it, so a short session hastens renewals only down to `sessionFloor`. Where a
 * renewal brought the same session again (instance roles, a caching credential_process), asking early is
 * no use: the next one is looked for just before the end.
 */
export function scheduleRenewal(
  { life, sessionEndsAt }: Issued,
  { delayed, formerSessionEndsAt }: Issue,
  clock: Clock,
  random: Random,
  timing: Timing,
): number {
  const whole = lifeLength(life);
  const age = ageOf(life, clock);
  const drawn = (span: number) => {
    const next = delayed === undefined ? 0 : steady(span, random, timing) - delayed;
    return Math.ceil(next > 0 ? next : phase(span, age, random, timing));
  };
  const session = sessionEndsAt === undefined ? whole : sessionEndsAt - life.issuedAt;
  if (session <= 0 || session >= whole || sessionEndsAt === undefined) return drawn(whole);
  const again =
    formerSessionEndsAt !== undefined && Math.abs(sessionEndsAt - formerSessionEndsAt) < sameSession;
  const bySession = again ? session - Math.floor(between(timing.sessionLead, random)) : drawn(session);
  return Math.min(Math.ceil(whole * timing.latest), Math.max(timing.sessionFloor, bySession));
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
