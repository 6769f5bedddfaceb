import { programPath } from "./program.ts";
import type { User } from "./user.ts";

/** What a program at a terminal has shown, and how it ended. */
export interface Shown {
  /** The whole, as it stands on the screen but for its height. */
  readonly screen: string;
  readonly exitCode: number | null;
}

/** Milliseconds. */
const longest = 8_000;

/**
 * Runs the program at a terminal of 80 columns and types an answer to each question.
 *
 * @param answers in order; each goes out once the program waits behind "] "; null closes the terminal's input
 */
export async function atTerminal(
  user: User,
  args: readonly string[],
  answers: readonly (string | null)[] = [],
): Promise<Shown> {
  const left = [...answers];
  const decoder = new TextDecoder();
  let screen = "";
  let asked = 0;
  const child = Bun.spawn([programPath(), ...args], {
    env: { ...user.env, TERM: "xterm" },
    cwd: "/",
    terminal: {
      cols: 80,
      rows: 24,
      data(terminal, data) {
        screen += decoder.decode(data, { stream: true });
        const plain = asText(screen);
        if (!plain.endsWith("] ") || plain.length === asked) return;
        asked = plain.length;
        const answer = left.shift();
        if (answer !== undefined) terminal.write(answer === null ? "\x04" : `${answer}\r`);
      },
    },
  });
  // A question that nobody answers must fail the test, not hold it up.
  const limit = setTimeout(() => child.kill("SIGKILL"), longest);
  await child.exited;
  clearTimeout(limit);
  child.terminal?.close();
  return { screen: asText(screen), exitCode: child.exitCode };
}

/** Without what moves the cursor. */
function asText(screen: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told what to do by them.
  return screen.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}
