import { isRefresherRunning, type RefresherFile } from "../store/state/refresher-state.ts";
import { readable } from "../terminal/words.ts";

/** Milliseconds: a daemon that lives has a heartbeat younger than this, since it beats every minute. */
export const heartbeatCounts = 3 * 60_000;

/** How the daemon is. */
export interface Health {
  readonly running: boolean;
  /** Its process, or that of one that ended without a word. */
  readonly pid?: number;
  /** Milliseconds since the epoch. */
  readonly lastTickAt?: number;
  /** It runs, and has not shown it for so long. */
  readonly silentForSeconds?: number;
  /** Why it goes by the config.yaml of before. */
  readonly configError?: string;
}

/** @param refresher what it left last */
export async function daemonHealth(
  state: string,
  refresher: RefresherFile | undefined,
  now: number,
): Promise<Health> {
  const running = await isRefresherRunning(state);
  if (!refresher) return { running };
  const { pid, lastTickAt, configError } = refresher;
  if (!running) return { running, lastTickAt, ...(pid !== undefined && { pid }) };
  // Of one before it: this one has not come to the end of its first pass.
  if (pid === undefined || !isThere(pid)) return { running };
  const age = now - lastTickAt;
  return {
    ...{ running, pid, lastTickAt },
    ...(age > heartbeatCounts && { silentForSeconds: Math.floor(age / 1000) }),
    ...(configError !== undefined && { configError }),
  };
}

/** The same in a line, for people. */
export function healthLine({ running, pid, silentForSeconds }: Health): string {
  if (!running) {
    const end = pid === undefined ? "" : `: process ${pid} was killed or crashed`;
    return `daemon: not running${end}`;
  }
  if (silentForSeconds !== undefined) {
    return `daemon: no heartbeat for ${readable(silentForSeconds * 1000)}, process ${pid}`;
  }
  return pid === undefined
    ? "daemon: running, its first pass is under way"
    : `daemon: running, process ${pid}`;
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
