import type { Environment } from "../token/dependencies.ts";

/** A terminal for output. */
export interface Terminal {
  /** Columns. */
  readonly width: number;
  readonly rows: number;
  readonly colour: boolean;
  /** Whether it shows more than ASCII. */
  readonly unicode: boolean;
}

type Stream = Pick<NodeJS.WriteStream, "isTTY"> & { readonly columns?: number; readonly rows?: number };

/**
 * The terminal of a stream; undefined if the stream is a pipe or a file.
 *
 * @param wantsColour false with `--no-color`. NO_COLOR: https://no-color.org
 */
export function terminalOf(stream: Stream, env: Environment, wantsColour = true): Terminal | undefined {
  if (!stream.isTTY) return undefined;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    // Some terminals report no size: a serial line, the terminal of a CI job.
    width: stream.columns || Number(env.COLUMNS) || 80,
    rows: stream.rows || Number(env.LINES) || 24,
    colour: wantsColour && !env.NO_COLOR && env.TERM !== "dumb",
    unicode: /utf-?8/i.test(locale),
  };
}
