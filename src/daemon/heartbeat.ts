/** Milliseconds between two heartbeats in a pass: far less than the age at which `status` reports a hanging daemon. */
const defaultInterval = 20_000;

/** Writes heartbeats during a long pass, so that the daemon does not seem to hang. */
export class Heartbeat {
  #lastAt: number;
  #isBeating = false;
  #written: Promise<unknown> = Promise.resolve();

  /**
   * @param write must not reject
   * @param clock milliseconds; monotonic
   */
  constructor(
    private readonly write: () => Promise<unknown>,
    private readonly clock: () => number = () => performance.now(),
    private readonly interval = defaultInterval,
  ) {
    this.#lastAt = clock();
  }

  /** Writes if the last heartbeat is older than `every` and no write is running. */
  step(): void {
    if (!this.#isBeating && this.clock() - this.#lastAt >= this.interval) void this.beat();
  }

  /** Writes after any running write, so that the file holds the latest state. */
  async beat(): Promise<void> {
    this.#isBeating = true;
    this.#lastAt = this.clock();
    const written = this.#written.then(this.write);
    this.#written = written;
    await written;
    if (this.#written === written) this.#isBeating = false;
  }
}
