import { createTask } from "node-cron";

/** Milliseconds by which the wall clock may jump ahead before node-cron is bypassed. */
const longestJump = 5 * 60_000;
/** Milliseconds by which the check for a jump precedes node-cron's timer. */
const leadTime = 20;

const silent = { info() {}, warn() {}, error() {}, debug() {} };

/**
 * Calls a function at each match of a cron expression, between `start` and `stop`.
 *
 * When a timer of node-cron fires, it iterates over every match from the one it waited for until now. After the wall
 * clock has jumped ahead by years this takes minutes, in which the process handles no signal. So a jump is detected just
 * before, and the function is called at once. It must then call `stop`; the next `start` uses the new time.
 */
export class MinuteTimer {
  readonly #task;
  #jumpCheck: ReturnType<typeof setTimeout> | undefined;

  /** @param expression with seconds, so six fields */
  constructor(
    expression: string,
    private readonly onMatch: () => void,
  ) {
    this.#task = createTask(expression, onMatch, { logger: silent, suppressMissedWarning: true });
  }

  start(): void {
    const wall = Date.now();
    const began = performance.now();
    const hasJumped = () => Date.now() - wall > performance.now() - began + longestJump;
    void this.#task.start();
    const match = this.#task.getNextRun()?.getTime() ?? wall;
    this.#jumpCheck = setTimeout(() => hasJumped() && this.onMatch(), Math.max(0, match - wall - leadTime));
  }

  stop(): void {
    clearTimeout(this.#jumpCheck);
    void this.#task.stop();
  }
}
