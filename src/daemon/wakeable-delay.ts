import { MinuteTimer } from "./minute-timer.ts";

/** Milliseconds: a pass that finds something due again and again does not spin. */
const shortest = 250;
/** Milliseconds, by the clock that nobody sets: cron waits as long as the wall clock was set back. */
const longest = 60_000;

/** The sleep between two passes. */
export class WakeableDelay {
  #wake: () => void = () => {};
  /** Each daemon at a second of its own. */
  readonly #bell = new MinuteTimer(`${Math.floor(60 * Math.random())} * * * * *`, () => this.wake());

  /** @param atMost milliseconds */
  constructor(private readonly atMost = longest) {}

  /** Ends the sleep, if there is one. */
  wake(): void {
    this.#wake();
  }

  /** Resolves at the minute's second of this daemon, after a minute at the latest. @param due milliseconds; ends it earlier */
  async sleep(due: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, Math.min(Math.max(shortest, due), this.atMost));
    this.#bell.start();
    await promise;
    clearTimeout(timer);
    this.#bell.stop();
  }
}
