import type { Environment } from "../token/dependencies.ts";
import { terminalOf } from "./terminal.ts";

type Stream = Parameters<typeof terminalOf>[0] & { write(text: string): unknown };

/**
 * The progress of a long task, as one line that is drawn again and again. Draws nothing without a terminal or for a
 * single token.
 */
export class Progress {
  #done = 0;
  #failed = 0;
  readonly #width: number;

  /**
   * @param stream stderr, so that stdout has only results
   * @param verb "refreshing"
   * @param total the number of tokens; one alone has no progress
   */
  constructor(
    private readonly stream: Stream,
    env: Environment,
    private readonly verb: string,
    private readonly total: number,
  ) {
    const terminal = env.TERM === "dumb" ? undefined : terminalOf(stream, env);
    this.#width = total > 1 ? (terminal?.width ?? 0) : 0;
    this.draw();
  }

  /** @param report prints a message; the progress line is removed for it */
  step(hasFailed: boolean, report: () => void): void {
    this.#done += 1;
    if (hasFailed) this.#failed += 1;
    this.clear();
    report();
    this.draw();
  }

  /** Removes the line. */
  clear(): void {
    if (this.#width > 0) this.stream.write("\r\x1b[K");
  }

  private draw(): void {
    if (this.#width === 0) return;
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    const line = `${this.verb}: ${this.#done} of ${this.total} tokens${failed}`;
    // A line of the full width would make the terminal wrap.
    this.stream.write(`\r${line.slice(0, this.#width - 1)}\x1b[K`);
  }
}
