import { fstatSync } from "node:fs";
import type { Context } from "../terminal/command-context.ts";

export type Level = "info" | "error";
export type Reporter = (level: Level, line: string) => void;

/** Of syslog(3), in the form of sd-daemon(3). */
const priorities = { info: "<6>", error: "<3>" };

/** The daemon's log on stdout. Journald stamps each line itself and reads the priority in front of it. */
export function daemonLog({ env, print }: Context, now: () => number): Reporter {
  const toJournal = isJournal(env.JOURNAL_STREAM);
  return (level, line) => {
    const head = toJournal ? priorities[level] : `${new Date(now()).toISOString()} `;
    try {
      print(`${head}${level} ${line}`);
    } catch {
      // A full disk or a closed stdout must end no renewal.
    }
  };
}

/**
 * Whether stdout goes to journald. A service's children have its environment also where their output goes elsewhere, so
 * systemd.exec(5) has the stream compared with what JOURNAL_STREAM says: "device:inode".
 */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(1, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
