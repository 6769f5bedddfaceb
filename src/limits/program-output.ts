import { usualLimit } from "./bounded-stream.ts";

/** Milliseconds in which what a program has left in a pipe arrives; its children may hold the pipe open for ever. */
const drainTime = 500;

/** A process as `Bun.spawn` starts one with pipes. */
export interface RunningProgram {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr?: ReadableStream<Uint8Array> | undefined;
  /** Settles when the process itself has ended, whatever became of its children. */
  readonly exited: Promise<number>;
}

export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A program printed more than the limit: what it is by then, it is no answer. */
export class OutputTooLarge extends Error {
  override readonly name = "OutputTooLarge";

  constructor(limit: number) {
    super(`it printed more than ${limit / 1024 / 1024} MiB`);
  }
}

/**
 * What a program prints until it has ended. It is done then, also where a child of its own goes on and holds the pipes
 * open.
 *
 * @throws OutputTooLarge as soon as stdout or stderr is larger than `limit` bytes; the caller ends the program
 */
export async function outputOf(program: RunningProgram, limit = usualLimit): Promise<ProgramOutput> {
  const drained = program.exited.then(() => new Promise<void>((end) => setTimeout(end, drainTime).unref()));
  const [stdout, stderr, exitCode] = await Promise.all([
    readUntil(program.stdout, drained, limit),
    program.stderr ? readUntil(program.stderr, drained, limit) : "",
    program.exited,
  ]);
  return { stdout, stderr, exitCode };
}

async function readUntil(
  stream: ReadableStream<Uint8Array>,
  over: Promise<void>,
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), over]);
      if (!next || next.done) return Buffer.concat(chunks).toString("utf8");
      length += next.value.length;
      // To read on and throw it away would not do: Bun keeps what comes faster than it is read.
      if (length > limit) throw new OutputTooLarge(limit);
      chunks.push(next.value);
    }
  } finally {
    // Not waited for: the pipe may never end.
    reader.cancel().catch(() => {});
  }
}
