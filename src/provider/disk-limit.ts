import { Failure } from "../token/failure.ts";

/** Milliseconds that a write to the state folder may delay an answer. */
const longestDelay = 2_000;

/** Keeps a disk that hangs from delaying a token, or the cause of a failure, until the deadline of a `get`. */
export class DiskLimit {
  #isLate = false;
  #recovered: Promise<void> = Promise.resolve();

  /** @param state the state folder, for the message */
  constructor(
    private readonly state: string,
    private readonly delay = longestDelay,
  ) {}

  /** Whether a write has not ended within the limit, and still runs. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Resolves when the late write has ended; at once if there is none. */
  get recovered(): Promise<void> {
    return this.#recovered;
  }

  /**
   * The result of a write, which goes on after the limit.
   *
   * @throws Failure STATE_WRITE after the limit, and at once while an earlier write is late
   */
  async run<Result>(write: () => Promise<Result>): Promise<Result> {
    if (this.#isLate) throw this.failure();
    const work = write();
    const limit = Promise.withResolvers<never>();
    const end = () => {
      this.#isLate = false;
    };
    // Also for a late error, which must not count as an unhandled rejection.
    const ended = work.then(end, end);
    const timer = setTimeout(() => {
      this.#isLate = true;
      this.#recovered = ended;
      limit.reject(this.failure());
    }, this.delay);
    try {
      return await Promise.race([work, limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private failure(): Failure {
    const what = `${this.state} was not written within ${this.delay / 1000} s`;
    const fix = "check whether the disk that contains it hangs, or set XDG_STATE_HOME to another disk";
    return new Failure("STATE_WRITE", what, fix);
  }
}
