import { fstatSync } from "node:fs";
import type { Context } from "../terminal/command-context.ts";
import { codeIn } from "../token/failure.ts";
import { journalMessage } from "./journal.ts";

export type Level = "info" | "error";

/** The fields of a line, for programs. */
export interface LogDetails {
  readonly event: LogEvent;
  /** The registry that the line names first. */
  readonly registry?: string;
  readonly region?: string;
  /** As shown to users. */
  readonly identity?: string;
}

export type Reporter = (level: Level, line: string, details: LogDetails) => void;

/** The format of the log on stdout. text: lines for users, and in the journal with fields. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** The MESSAGE_ID of each event. They never change: systemd.journal-fields(7). docs/service.md lists them. */
export const messageIds = {
  daemon_started: "ba45a5f3672b45a19c9b86e995770ef4",
  daemon_ended: "e6ee60e617b347798b3691b37a34131f",
  token_renewed: "dc44b73fb09b421c9919c7d3c9c192e8",
  token_refused: "7b991581820343299047bf287672040d",
  renewal_failing: "dbe456df4f5e4c2caf886b71aec8f5b0",
  token_expired: "205c217d74194c899c82d73161a9f4d4",
  renewal_recovered: "4f76f738610c423caaedd6c801f38a3a",
  problem_began: "697a38aee1c14eb8a80eed950c3c5114",
  problem_over: "683804bad13644e7b389bfd2147e68c5",
  rules_changed: "c0632ac8596242b29f2b2f84da5e963c",
} as const;

export type LogEvent = keyof typeof messageIds;

/** Priorities of syslog(3). */
const priorities = { info: 6, error: 3 };

interface LogTarget {
  readonly now: () => number;
  readonly format?: LogFormat;
  /** Sends a message to journald; absent: stdout does not go to it. @returns whether it was sent */
  readonly toJournal?: ((message: string) => boolean) | undefined;
}

/** The daemon's log: messages with fields to journald if `toJournal` is given, else lines on stdout. */
export function daemonLog(
  { env, print }: Pick<Context, "env" | "print">,
  { now, format = "text", toJournal }: LogTarget,
): Reporter {
  const isJournal = isJournalStream(env.JOURNAL_STREAM);
  return (level, line, details) => {
    const text = format === "json" ? jsonLine(level, line, details, now()) : undefined;
    if (text === undefined && toJournal?.(journalMessage(fieldsOf(level, line, details)))) return;
    // Journald adds the time to each line and reads the priority at its start: sd-daemon(3).
    const head = isJournal ? `<${priorities[level]}>` : "";
    const stamp = isJournal ? "" : `${new Date(now()).toISOString()} `;
    try {
      print(text === undefined ? `${head}${stamp}${level} ${line}` : head + text);
    } catch {
      // A full disk or a closed stdout must not stop renewals.
    }
  };
}

function jsonLine(level: Level, message: string, { event, ...about }: LogDetails, now: number): string {
  const code = codeIn(message);
  const time = new Date(now).toISOString();
  return JSON.stringify({ time, level, event, message, ...about, ...(code !== undefined && { code }) });
}

function fieldsOf(level: Level, line: string, { event, registry, region, identity }: LogDetails) {
  return {
    MESSAGE: line,
    PRIORITY: String(priorities[level]),
    SYSLOG_IDENTIFIER: "docker-credential-ecr",
    MESSAGE_ID: messageIds[event],
    REGISTRY: registry,
    REGION: region,
    IDENTITY: identity,
    CODE: codeIn(line),
  };
}

/**
 * Whether stdout goes to journald. Children of a service inherit JOURNAL_STREAM even if their output goes elsewhere, so
 * systemd.exec(5) requires comparing its value, "device:inode", with the stream.
 */
export function isJournalStream(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(1, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
