import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits until a condition holds, looking many times a second.
 *
 * @param what for the error, after "waited in vain until"
 * @param limit milliseconds
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 10_000,
): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await pause(20);
  }
}
