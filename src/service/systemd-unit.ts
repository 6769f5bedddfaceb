import { systemHardening, userHardening } from "./hardening.ts";
import { nameOf, type Service, signature } from "./service.ts";

/**
 * Minutes between two watchdog messages. Between two messages there is one call to AWS, which has a limit of half a
 * minute; the time in which the machine sleeps does not count.
 */
const watchdogMinutes = 5;

export const unitName = (service: Pick<Service, "isSystem" | "account">): string =>
  `${nameOf(service)}.service`;

/** The folder of the administrator's units: systemd.unit(5), "Unit File Load Path". */
export const systemUnits = "/etc/systemd/system";

/** @param configHome XDG_CONFIG_HOME of the user */
export const userUnits = (configHome: string): string => `${configHome}/systemd/user`;

/** The manager's target that starts the service. */
export const wantedBy = ({ isSystem }: Pick<Service, "isSystem">): string =>
  isSystem ? "multi-user.target" : "default.target";

/** The text of a unit that runs the daemon. */
export function systemdUnit(service: Service): string {
  const { isSystem, account, program, splay, environment } = service;
  const edit = `systemctl ${isSystem ? "" : "--user "}edit ${nameOf(service)}`;
  const lines = [
    `# ${signature}, which replaces it; settings of your own: ${edit}`,
    "[Unit]",
    "Description=Keeps Amazon ECR authorization tokens fresh",
    // It is restarted forever: a build host that was full or without network for a day recovers on its own.
    "StartLimitIntervalSec=0",
    ...(isSystem
      ? [
          // A user's manager has no such targets.
          "Wants=network-online.target",
          "After=network-online.target nss-user-lookup.target",
          `RequiresMountsFor=${quote(account.home)}`,
        ]
      : []),
    "",
    "[Service]",
    // Ready after its first pass; each call to AWS in the pass extends the limit.
    "Type=notify",
    `TimeoutStartSec=${watchdogMinutes}min`,
    `WatchdogSec=${watchdogMinutes}min`,
    `ExecStart=${quote(program)} daemon --splay ${splay}`,
    "ExecReload=/bin/kill -HUP $MAINPID",
    "Restart=on-failure",
    "RestartSec=30s",
    // Children of a credential_process end after the daemon, not before it.
    "KillMode=mixed",
    "TimeoutStopSec=10s",
    ...(isSystem ? [`User=${account.name}`] : []),
    ...environment.map(({ name, value }) => `Environment=${quote(`${name}=${value}`)}`),
    "",
    ...userHardening,
    ...(isSystem ? systemHardening(account.uid) : []),
    "",
    "[Install]",
    `WantedBy=${wantedBy(service)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * A word in systemd's syntax: in double quotes, with C escapes, and without specifiers (systemd.syntax(7), "Quoting";
 * systemd.unit(5), "Specifiers"). `$` stays: it is special neither in `Environment=` nor in the path of a program.
 */
export function quote(word: string): string {
  const escaped = word
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("%", "%%")
    .replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
