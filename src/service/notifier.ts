import type { Send } from "./notify.ts";

/** Reports the daemon's state to the service manager. No method ever fails. */
export interface Notifier {
  /** A pass has ended. @param status one line for `systemctl status`, nothing secret */
  ready(status: string): void;
  /** The next step of a pass begins. */
  alive(): void;
  stopping(): void;
}

/** For a daemon that no service manager has started. */
export const noNotifier: Notifier = { ready() {}, alive() {}, stopping() {} };

/** Microseconds that a start may take from each step on: TimeoutStartSec of the unit. */
const startExtension = 300_000_000;

/** @param isWatched the manager ends a daemon that does not report that it is alive */
export function systemdNotifier(send: Send, isWatched: boolean): Notifier {
  const life = isWatched ? ["WATCHDOG=1"] : [];
  let isReady = false;
  const notify = (...lines: readonly string[]) => lines.length === 0 || send(lines.join("\n"));
  return {
    ready(status) {
      isReady = true;
      // Repeating READY does no harm, and makes up for a lost message.
      notify("READY=1", ...life, `STATUS=${status.replace(/\p{Cc}+\s*/gu, " ")}`);
    },
    alive() {
      notify(...life, ...(isReady ? [] : [`EXTEND_TIMEOUT_USEC=${startExtension}`]));
    },
    stopping() {
      notify("STOPPING=1", "STATUS=ending");
    },
  };
}

/** The variables that systemd sets for a service; they identify the process that must report. */
export interface NotifyVariables {
  readonly address?: string | undefined;
  readonly isWatched: boolean;
}

/**
 * Removes systemd's variables from an environment: a credential_process must not report as the daemon.
 *
 * @param env is changed
 */
export function takeNotifyVariables(env: Record<string, string | undefined>, pid: number): NotifyVariables {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  // sd_watchdog_enabled(3): without a PID the variables apply to every process that reads them.
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
  return { address: NOTIFY_SOCKET || undefined, isWatched: Number(WATCHDOG_USEC) > 0 && isMeant };
}
