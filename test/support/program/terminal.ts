import { programPath } from "./program.ts";
import type { User } from "./user.ts";

/** The screen and the result of a program at a terminal. */
export interface Shown {
  /** The whole output, as on a screen of unlimited height. */
  readonly screen: string;
  readonly exitCode: number | null;
}

/** The time limit in milliseconds. */
const longest = 8_000;

/**
 * Runs the program at a terminal of 80 columns and types an answer to each question.
 *
 * @param answers in order; each is sent once the program waits after "] "; null closes the terminal's input
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
  // An unanswered question must fail the test, not hang it.
  const limit = setTimeout(() => child.kill("SIGKILL"), longest);
  await child.exited;
  clearTimeout(limit);
  child.terminal?.close();
  return { screen: asText(screen), exitCode: child.exitCode };
}

/** Removes cursor movements. */
function asText(screen: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they control terminals.
  return screen.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}
