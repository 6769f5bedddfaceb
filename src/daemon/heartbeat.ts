/** Milliseconds: far less than `status` takes for a daemon that hangs. */
const usualEvery = 20_000;

/** Shows in the middle of a long pass that the daemon lives. */
export class Heartbeat {
  #lastAt: number;
  #isBeating = false;
  #written: Promise<unknown> = Promise.resolve();

  /**
   * @param write must not reject
   * @param clock milliseconds that no one sets
   */
  constructor(
    private readonly write: () => Promise<unknown>,
    private readonly clock: () => number = () => performance.now(),
    private readonly every = usualEvery,
  ) {
    this.#lastAt = clock();
  }

  /** Writes if that is some time ago and no write is under way. */
  step(): void {
    if (!this.#isBeating && this.clock() - this.#lastAt >= this.every) void this.beat();
  }

  /** Writes, after what is being written: the last one tells how it is. */
  async beat(): Promise<void> {
    this.#isBeating = true;
    this.#lastAt = this.clock();
    const written = this.#written.then(this.write);
    this.#written = written;
    await written;
    if (this.#written === written) this.#isBeating = false;
  }
}
