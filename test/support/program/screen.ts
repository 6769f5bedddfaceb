import { programPath } from "./program.ts";
import type { User, Variables } from "./user.ts";

/** A program at a terminal of its own: stdin, stdout and stderr. */
export interface OnScreen {
  readonly pid: number;
  /** All that it sent so far, as it came. */
  sent(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly sent: string }>;
}

export interface ScreenSize {
  readonly columns?: number;
  readonly rows?: number;
}

/** Starts the compiled program at a terminal, of 80 columns where nothing else is said. */
export function atTerminal(
  user: User,
  args: readonly string[],
  env: Variables = {},
  { columns = 80, rows = 24 }: ScreenSize = {},
): OnScreen {
  const decoder = new TextDecoder();
  let sent = "";
  const all = { ...user.env, TERM: "xterm", LANG: "C.UTF-8", ...env };
  const child = Bun.spawn([programPath(), ...args], {
    env: all,
    cwd: "/",
    terminal: {
      cols: columns,
      rows,
      data(_terminal, data) {
        sent += decoder.decode(data, { stream: true });
      },
    },
  });
  const end = async () => {
    const exitCode = await child.exited;
    // What was sent last is still under way.
    for (let before = -1; before !== sent.length; await Bun.sleep(20)) before = sent.length;
    child.terminal?.close();
    return { exitCode: child.signalCode === null ? exitCode : null, sent };
  };
  return {
    pid: child.pid,
    sent: () => sent,
    type: (keys) => void child.terminal?.write(keys),
    resize: (cols, newRows) => child.terminal?.resize(cols, newRows),
    kill: (signal) => child.kill(signal),
    ended: end(),
  };
}

/** What a person reads of it: no colours, and lines that end as files' do. */
export function plain(sent: string): string {
  return Bun.stripANSI(sent).replaceAll("\r\n", "\n");
}

/** All that stood on the screen at some time, also what was drawn over; a line each. */
export function onceShown(sent: string): string {
  const lines = sent.split(/\r\n|\r/).map((line) => Bun.stripANSI(line));
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

/** Lines that are too long go on in the next, as a terminal of 80 columns shows them. */
export function folded(text: string): string {
  return text.replace(/.{80}(?=.)/g, "$&\n");
}
