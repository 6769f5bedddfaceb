import { folded } from "./screen.ts";
import { atTerminal } from "./terminal.ts";
import type { User } from "./user.ts";

/** A text as a terminal of 80 columns shows it. The home folder is replaced by a text of the same length. */
export function onScreen(text: string, user: User): string {
  return folded(text.replaceAll(user.home, "/home/".padEnd(user.home.length, "x")));
}

/** The command lines of a terminal session, without the program's name, and their output. */
export async function session(user: User, ...lines: readonly string[]): Promise<string> {
  let shown = "";
  for (const line of lines) {
    const { screen, exitCode } = await atTerminal(user, line === "" ? [] : line.split(" "));
    const end = exitCode === 0 ? "" : `[exit ${exitCode}]\n`;
    shown += `${folded(`$ docker-credential-ecr ${line}`.trimEnd())}\n${onScreen(screen, user)}${end}\n`;
  }
  return shown;
}
