import { type Clock, elapsed, type Life, lifeLength, lifeOf, lifeState, timeLeft } from "../token/life.ts";

/**
 * A time to wait, which is reckoned as a token's life is: the age of the boot counts too, and a clock that
 * was set to before the pause began ends it. So no pause outlasts a step of the clock.
 */
export type Pause = Life;

/** @param length milliseconds */
export function pauseOf(length: number, clock: Clock): Pause {
  return lifeOf(clock.now + length, 0, 0, clock);
}

export function isOver(pause: Pause, clock: Clock): boolean {
  return lifeState(pause, clock) !== "fresh";
}

/** Milliseconds; 0 once over. */
export function pauseLeft(pause: Pause, clock: Clock): number {
  return isOver(pause, clock) ? 0 : timeLeft(pause, clock);
}

/** Milliseconds since a token's issue by the same reckoning; no more than its whole life. */
export function ageOf(life: Life, clock: Clock): number {
  return lifeLength(life) - timeLeft(life, clock);
}

/** A time to wait that no step of the wall clock ends early, while the machine is not restarted. */
export interface Rest {
  readonly from: Clock;
  /** Milliseconds. */
  readonly length: number;
}

/** Milliseconds; 0 once over. */
export function restLeft({ from, length }: Rest, clock: Clock): number {
  return Math.max(0, length - elapsed(from, clock));
}
