import { MinuteTimer } from "./minute-timer.ts";

/** Milliseconds: the minimum between two passes, so that a job that is always due does not cause a busy loop. */
const shortest = 250;
/** Milliseconds by the monotonic clock: node-cron waits longer if the wall clock was set back. */
const longest = 60_000;

/** The delay between two passes. */
export class WakeableDelay {
  #wake: () => void = () => {};
  /** At a random second of the minute, which differs from daemon to daemon. */
  readonly #minuteTimer = new MinuteTimer(`${Math.floor(60 * Math.random())} * * * * *`, () => this.wake());

  /** @param atMost milliseconds */
  constructor(private readonly atMost = longest) {}

  /** Ends the delay, if one is running. */
  wake(): void {
    this.#wake();
  }

  /** Resolves at this daemon's second of the minute, or after `due` milliseconds if that is earlier; at most a minute. */
  async sleep(due: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, Math.min(Math.max(shortest, due), this.atMost));
    this.#minuteTimer.start();
    await promise;
    clearTimeout(timer);
    this.#minuteTimer.stop();
  }
}
