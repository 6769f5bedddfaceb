import { createTask } from "node-cron";

/** Milliseconds that the wall clock may be ahead of the time that has gone by before cron is kept from following it. */
const furthestAhead = 5 * 60_000;
/** Milliseconds before cron looks itself. */
const headStart = 20;

const silent = { info() {}, warn() {}, error() {}, debug() {} };

/**
 * Rings at each match of a cron expression, between `start` and `stop`.
 *
 * Once a timer of node-cron fires, it walks from the moment it waited for to now, match by match: after a jump of the
 * wall clock by years that takes minutes, in which no signal is heard. So such a jump is looked for just before, and
 * rings at once. Who is rung for is to stop it, as a later start goes by the new time.
 */
export class MinuteTimer {
  readonly #task;
  #guard: ReturnType<typeof setTimeout> | undefined;

  /** @param expression with seconds, so six fields */
  constructor(
    expression: string,
    private readonly ring: () => void,
  ) {
    this.#task = createTask(expression, ring, { logger: silent, suppressMissedWarning: true });
  }

  start(): void {
    const wall = Date.now();
    const began = performance.now();
    const isAhead = () => Date.now() - wall > performance.now() - began + furthestAhead;
    void this.#task.start();
    const match = this.#task.getNextRun()?.getTime() ?? wall;
    this.#guard = setTimeout(() => isAhead() && this.ring(), Math.max(0, match - wall - headStart));
  }

  stop(): void {
    clearTimeout(this.#guard);
    void this.#task.stop();
  }
}
