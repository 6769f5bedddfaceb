import { readlinkSync } from "node:fs";
import { version } from "../../package.json";
import { isRefresherRunning, type RefresherFile } from "../store/state/refresher-state.ts";
import { readableDuration } from "../terminal/words.ts";

/** Milliseconds: a heartbeat older than this means that the daemon hangs, since it writes one every minute. */
export const heartbeatMaxAge = 3 * 60_000;

/** The state of the daemon. Times in milliseconds since the epoch. */
export interface Health {
  readonly running: boolean;
  /** A daemon should run: a service is installed, or one was started and did not end regularly. */
  readonly expected: boolean;
  /** Its process, or that of a daemon that was killed or crashed. */
  readonly pid?: number;
  /** The version of its program. Absent: it does not run, or its version does not record this. */
  readonly program?: string;
  /** It runs a different program than this one: it was not restarted after an upgrade. */
  readonly outdated: boolean;
  readonly startedAt?: number;
  readonly lastTickAt?: number;
  /** It runs, but its last heartbeat is this old. */
  readonly silentForSeconds?: number;
  /** Why it uses the previous config.yaml. */
  readonly configError?: string;
  /** The unit or plist of the installed service. */
  readonly service?: string;
  /** The command that starts or restarts the service of a package, for messages. */
  readonly restart?: string;
}

/**
 * @param refresher the contents of its heartbeat file
 * @param service the installed service
 */
export async function daemonHealth(
  state: string,
  refresher: RefresherFile | undefined,
  now: number,
  service?: { readonly path: string; readonly restart?: string },
): Promise<Health> {
  const running = await isRefresherRunning(state);
  const base = { running, expected: running || service !== undefined, outdated: false };
  const installed = service && {
    service: service.path,
    ...(service.restart !== undefined && { restart: service.restart }),
  };
  if (!refresher) return { ...base, ...installed };
  const { pid, lastTickAt, configError, program, startedAt } = refresher;
  if (!running) {
    const isDead = pid !== undefined;
    return { ...base, expected: base.expected || isDead, ...(isDead && { pid }), lastTickAt, ...installed };
  }
  // The file is of a previous daemon: this one has not finished its first pass.
  if (pid === undefined || !processExists(pid)) return { ...base, ...installed };
  const age = now - lastTickAt;
  return {
    ...base,
    outdated: isOutdated(refresher),
    pid,
    ...(program !== undefined && { program }),
    ...(startedAt !== undefined && { startedAt }),
    lastTickAt,
    ...(age > heartbeatMaxAge && { silentForSeconds: Math.floor(age / 1000) }),
    ...(configError !== undefined && { configError }),
    ...installed,
  };
}

/** Whether the daemon that wrote the file runs a different program than this one. */
export function isOutdated({ pid, program }: RefresherFile): boolean {
  return pid !== undefined && processExists(pid) && (program !== version || isReplaced(pid));
}

/** The state of the daemon in one line for users. */
export function healthLine(health: Health): string {
  const { running, pid, silentForSeconds, service, restart } = health;
  const how = restart === undefined ? "" : `; start it: ${restart}`;
  if (!running) {
    if (pid !== undefined) return `daemon: not running: process ${pid} was killed or crashed${how}`;
    const installed = service === undefined ? "" : `, though its service is installed: ${service}`;
    return `daemon: not running${installed}${how}`;
  }
  if (silentForSeconds !== undefined) {
    return `daemon: no heartbeat for ${readableDuration(silentForSeconds * 1000)}, process ${pid}${how}`;
  }
  return pid === undefined
    ? "daemon: running, its first pass is under way"
    : `daemon: running, process ${pid}, ${describeProgram({ ...health, restart: restart ?? restartByHand(pid) })}`;
}

/** How to restart a daemon that no service manager has started. */
export function restartByHand(pid: number): string {
  return `end it with 'kill ${pid}', and start 'docker-credential-ecr daemon' again as you did before`;
}

/** "version 0.1.0", and the fix if the daemon runs a different program than this one. */
export function describeProgram({
  program,
  outdated,
  restart,
}: Pick<Health, "program" | "outdated" | "restart">): string {
  const ownVersion = program === undefined ? "an older version" : `version ${program}`;
  if (!outdated) return ownVersion;
  const how = restart === undefined ? "restart it" : `restart it: ${restart}`;
  return program === version
    ? `${ownVersion}, but its program was replaced after it started: ${how}`
    : `${ownVersion}, while this program is version ${version}: ${how}`;
}

/** Whether the daemon needs attention: it should run and doesn't, it hangs, or it runs a different program. */
export function isDaemonFailing({ running, expected, outdated, silentForSeconds }: Health): boolean {
  return (expected && !running) || outdated || silentForSeconds !== undefined;
}

/** Whether a process with this ID exists. */
export function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process exists, but belongs to another user, or to a container.
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Whether the file of a process's program was removed or replaced: proc_pid_exe(5). */
export function isReplaced(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith(" (deleted)");
  } catch {
    return false;
  }
}
