import { setTimeout as pause } from "node:timers/promises";

/** Looks again and again until `condition` holds. Throws after 9 s, before mocha's own limit, so that nothing looks on. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 9000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`still not so: ${condition}`);
    await pause(2);
  }
}
