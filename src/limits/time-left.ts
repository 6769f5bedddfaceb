/**
 * A time limit in milliseconds: `longest`, or less if less is left.
 *
 * @returns whole tenths of a second, since messages contain it; never 0, which some timers understand as none
 */
export function limitWithin(longest: number, left: number): number {
  return Math.max(100, Math.floor(Math.min(longest, left) / 100) * 100);
}
