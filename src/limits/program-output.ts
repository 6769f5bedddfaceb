import { defaultLimit } from "./bounded-stream.ts";

/** Milliseconds to read the rest of a pipe after a program has ended: its children may hold the pipe open forever. */
const drainTime = 500;

/** A process as `Bun.spawn` starts one with pipes. */
export interface RunningProgram {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr?: ReadableStream<Uint8Array> | undefined;
  /** Resolves when the process itself has ended; its children may still run. */
  readonly exited: Promise<number>;
}

export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A program printed more than the limit, so its output is not used. */
export class OutputTooLarge extends Error {
  override readonly name = "OutputTooLarge";

  constructor(limit: number) {
    super(`it printed more than ${limit / 1024 / 1024} MiB`);
  }
}

/**
 * The output of a program until it ends. A child of the program that still runs and holds the pipes open does not delay
 * the result.
 *
 * @throws OutputTooLarge as soon as stdout or stderr is larger than `limit` bytes; the caller ends the program
 */
export async function outputOf(program: RunningProgram, limit = defaultLimit): Promise<ProgramOutput> {
  const drained = program.exited.then(
    () => new Promise<void>((resolve) => setTimeout(resolve, drainTime).unref()),
  );
  const [stdout, stderr, exitCode] = await Promise.all([
    readUntil(program.stdout, drained, limit),
    program.stderr ? readUntil(program.stderr, drained, limit) : "",
    program.exited,
  ]);
  return { stdout, stderr, exitCode };
}

async function readUntil(
  stream: ReadableStream<Uint8Array>,
  drained: Promise<void>,
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), drained]);
      if (!next || next.done) return Buffer.concat(chunks).toString("utf8");
      length += next.value.length;
      // Reading on and discarding is no alternative: Bun buffers output that arrives faster than it is read.
      if (length > limit) throw new OutputTooLarge(limit);
      chunks.push(next.value);
    }
  } finally {
    // Not awaited: the pipe may never end.
    reader.cancel().catch(() => {});
  }
}
