import type { Send } from "./notify.ts";

/** Tells the service manager how the daemon fares. None of it ever fails. */
export interface Notifier {
  /** A pass has ended. @param status one line for `systemctl status`, nothing secret */
  ready(status: string): void;
  /** A pass goes on: the next step of it begins. */
  alive(): void;
  stopping(): void;
}

/** For a daemon that no service manager has started. */
export const noNotifier: Notifier = { ready() {}, alive() {}, stopping() {} };

/** Microseconds that a start may take from each step on: TimeoutStartSec of the unit. */
const longerStart = 300_000_000;

/** @param isWatched the manager ends a daemon that gives no sign of life */
export function systemdNotifier(send: Send, isWatched: boolean): Notifier {
  const life = isWatched ? ["WATCHDOG=1"] : [];
  let isReady = false;
  const tell = (...lines: readonly string[]) => lines.length === 0 || send(lines.join("\n"));
  return {
    ready(status) {
      isReady = true;
      // READY again and again does no harm, and makes good for a message that got lost.
      tell("READY=1", ...life, `STATUS=${status.replace(/\p{Cc}+\s*/gu, " ")}`);
    },
    alive() {
      tell(...life, ...(isReady ? [] : [`EXTEND_TIMEOUT_USEC=${longerStart}`]));
    },
    stopping() {
      tell("STOPPING=1", "STATUS=ending");
    },
  };
}

/** What systemd says in the environment of a service; by this it is found out who listens. */
export interface NotifyVariables {
  readonly address?: string | undefined;
  readonly isWatched: boolean;
}

/**
 * Takes systemd's variables out of an environment: a credential_process must not speak in the daemon's name.
 *
 * @param env is changed
 */
export function takeNotifyVariables(env: Record<string, string | undefined>, pid: number): NotifyVariables {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  // sd_watchdog_enabled(3): without a PID whoever reads it is meant.
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
  return { address: NOTIFY_SOCKET || undefined, isWatched: Number(WATCHDOG_USEC) > 0 && isMeant };
}
