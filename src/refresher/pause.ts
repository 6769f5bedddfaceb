import { type Clock, elapsed, type Life, lifeLength, lifeOf, lifeState, timeLeft } from "../token/life.ts";

/**
 * A time to wait, measured like a token's life: by the wall clock and the age of the boot, whichever shows more. If the
 * clock is set to before its start, it ends. So setting the clock never prolongs a pause.
 */
export type Pause = Life;

/** @param length milliseconds */
export function pauseOf(length: number, clock: Clock): Pause {
  return lifeOf(clock.now + length, 0, 0, clock);
}

export function isOver(pause: Pause, clock: Clock): boolean {
  return lifeState(pause, clock) !== "fresh";
}

/** Milliseconds; 0 when it has ended. */
export function pauseLeft(pause: Pause, clock: Clock): number {
  return isOver(pause, clock) ? 0 : timeLeft(pause, clock);
}

/** Milliseconds since a token's issue, measured in the same way; at most its lifetime. */
export function ageOf(life: Life, clock: Clock): number {
  return lifeLength(life) - timeLeft(life, clock);
}

/** A time to wait that setting the wall clock does not shorten, unless the machine restarts. */
export interface Cooldown {
  readonly from: Clock;
  /** Milliseconds. */
  readonly length: number;
}

/** Milliseconds; 0 when it has ended. */
export function cooldownLeft({ from, length }: Cooldown, clock: Clock): number {
  return Math.max(0, length - elapsed(from, clock));
}
