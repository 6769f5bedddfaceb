import { readlinkSync } from "node:fs";
import { version } from "../../package.json";
import { isRefresherRunning, type RefresherFile } from "../store/state/refresher-state.ts";
import { readableDuration } from "../terminal/words.ts";

/** Milliseconds: a daemon that lives has a heartbeat younger than this, since it beats every minute. */
export const heartbeatCounts = 3 * 60_000;

/** How the daemon is. Times in milliseconds since the epoch. */
export interface Health {
  readonly running: boolean;
  /** One should run: a service is installed, or one was started and did not end by itself. */
  readonly expected: boolean;
  /** Its process, or that of one that ended without a word. */
  readonly pid?: number;
  /** The version of its program. Absent: it does not run, or is of a version that does not say so. */
  readonly program?: string;
  /** It runs another program than this one: it was not restarted after an upgrade. */
  readonly outdated: boolean;
  readonly startedAt?: number;
  readonly lastTickAt?: number;
  /** It runs, and has not shown it for so long. */
  readonly silentForSeconds?: number;
  /** Why it goes by the config.yaml of before. */
  readonly configError?: string;
  /** The file of the service that is installed for it. */
  readonly service?: string;
}

/**
 * @param refresher what it left last
 * @param service the file of an installed service
 */
export async function daemonHealth(
  state: string,
  refresher: RefresherFile | undefined,
  now: number,
  service?: string,
): Promise<Health> {
  const running = await isRefresherRunning(state);
  const none = { running, expected: running || service !== undefined, outdated: false };
  const installed = service !== undefined && { service };
  if (!refresher) return { ...none, ...installed };
  const { pid, lastTickAt, configError, program, startedAt } = refresher;
  if (!running) {
    const isDead = pid !== undefined;
    return { ...none, expected: none.expected || isDead, ...(isDead && { pid }), lastTickAt, ...installed };
  }
  // Of one before it: this one has not come to the end of its first pass.
  if (pid === undefined || !isThere(pid)) return { ...none, ...installed };
  const age = now - lastTickAt;
  return {
    ...none,
    outdated: isOutdated(refresher),
    pid,
    ...(program !== undefined && { program }),
    ...(startedAt !== undefined && { startedAt }),
    lastTickAt,
    ...(age > heartbeatCounts && { silentForSeconds: Math.floor(age / 1000) }),
    ...(configError !== undefined && { configError }),
    ...installed,
  };
}

/** Whether the daemon that left this runs another program than this one. */
export function isOutdated({ pid, program }: RefresherFile): boolean {
  return pid !== undefined && isThere(pid) && (program !== version || isReplaced(pid));
}

/** The same in a line, for people. */
export function healthLine(health: Health): string {
  const { running, pid, silentForSeconds, service } = health;
  if (!running) {
    if (pid !== undefined) return `daemon: not running: process ${pid} was killed or crashed`;
    return `daemon: not running${service === undefined ? "" : `, though its service is installed: ${service}`}`;
  }
  if (silentForSeconds !== undefined) {
    return `daemon: no heartbeat for ${readableDuration(silentForSeconds * 1000)}, process ${pid}`;
  }
  return pid === undefined
    ? "daemon: running, its first pass is under way"
    : `daemon: running, process ${pid}, ${programWords(health)}`;
}

/** "version 0.1.0", and what is to be done where the daemon runs another program than this one. */
export function programWords({ program, outdated }: Pick<Health, "program" | "outdated">): string {
  const own = program === undefined ? "an older version" : `version ${program}`;
  if (!outdated) return own;
  return program === version
    ? `${own}, of a program that was replaced since it started: restart it`
    : `${own}, while this program is version ${version}: restart it`;
}

/** Whether the daemon must be looked after: one that should run and doesn't, hangs, or is of another version. */
export function isDaemonFailing({ running, expected, outdated, silentForSeconds }: Health): boolean {
  return (expected && !running) || outdated || silentForSeconds !== undefined;
}

/** Whether there is a process of that number. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's now, or in a container: there it is.
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Whether the file of a process's program is gone or another by now: proc_pid_exe(5). */
export function isReplaced(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith(" (deleted)");
  } catch {
    return false;
  }
}
