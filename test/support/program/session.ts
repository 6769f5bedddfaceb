import { folded } from "./screen.ts";
import { atTerminal } from "./terminal.ts";
import type { User } from "./user.ts";

/** A text as a terminal of 80 columns breaks it, with a home folder as long as the one that it stands for. */
export function onScreen(text: string, user: User): string {
  return folded(text.replaceAll(user.home, "/home/".padEnd(user.home.length, "x")));
}

/** Each command line of a person at a terminal, less the program's name, and what it shows. */
export async function session(user: User, ...lines: readonly string[]): Promise<string> {
  let shown = "";
  for (const line of lines) {
    const { screen, exitCode } = await atTerminal(user, line === "" ? [] : line.split(" "));
    const end = exitCode === 0 ? "" : `[exit ${exitCode}]\n`;
    shown += `${folded(`$ docker-credential-ecr ${line}`.trimEnd())}\n${onScreen(screen, user)}${end}\n`;
  }
  return shown;
}
