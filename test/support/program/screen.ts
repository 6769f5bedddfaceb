import { programPath } from "./program.ts";
import type { User, Variables } from "./user.ts";

/** A program with its own terminal as stdin, stdout and stderr. */
export interface OnScreen {
  readonly pid: number;
  /** The output so far, unchanged. */
  sent(): string;
  /** Calls the listener after each output, with the whole output so far. */
  onOutput(listener: (sent: string) => void): void;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly sent: string }>;
}

export interface ScreenSize {
  readonly columns?: number;
  readonly rows?: number;
}

/** Starts the compiled program at a terminal, of 80 columns by default. */
export function atTerminal(
  user: User,
  args: readonly string[],
  env: Variables = {},
  { columns = 80, rows = 24 }: ScreenSize = {},
): OnScreen {
  const decoder = new TextDecoder();
  let sent = "";
  let listener: ((sent: string) => void) | undefined;
  const all = { ...user.env, TERM: "xterm", LANG: "C.UTF-8", ...env };
  const child = Bun.spawn([programPath(), ...args], {
    env: all,
    cwd: "/",
    terminal: {
      cols: columns,
      rows,
      data(_terminal, data) {
        sent += decoder.decode(data, { stream: true });
        listener?.(sent);
      },
    },
  });
  const end = async () => {
    const exitCode = await child.exited;
    // The last output may not have arrived yet.
    for (let before = -1; before !== sent.length; await Bun.sleep(20)) before = sent.length;
    child.terminal?.close();
    return { exitCode: child.signalCode === null ? exitCode : null, sent };
  };
  return {
    pid: child.pid,
    sent: () => sent,
    onOutput: (each) => {
      listener = each;
    },
    type: (keys) => void child.terminal?.write(keys),
    resize: (cols, newRows) => child.terminal?.resize(cols, newRows),
    kill: (signal) => child.kill(signal),
    ended: end(),
  };
}

/** The output for a reader: without colours, and with the line ends of files. */
export function plain(sent: string): string {
  return Bun.stripANSI(sent).replaceAll("\r\n", "\n");
}

/** All lines that were ever on the screen, including overwritten ones. */
export function onceShown(sent: string): string {
  const lines = sent.split(/\r\n|\r/).map((line) => Bun.stripANSI(line));
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

/** Breaks long lines as a terminal of 80 columns does. */
export function folded(text: string): string {
  return text.replace(/.{80}(?=.)/g, "$&\n");
}
