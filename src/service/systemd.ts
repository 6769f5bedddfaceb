import { rmdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { ownProgram } from "../process/own-program.ts";
import type { ProgramResult, RunProgram } from "../process/run-program.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import type { ServiceManager, ServiceState } from "./manager.ts";
import { type Service, serviceName } from "./service.ts";
import { systemdUnit, systemUnits, unitName, userUnits, wantedBy } from "./systemd-unit.ts";

/** Milliseconds for a start; a start that takes longer waits for AWS in its first pass. */
const startLimit = 45_000;

/**
 * @param configHome XDG_CONFIG_HOME of the user, for a user's service
 * @param packaged the unit of a package; absent: the unit that `service install` writes
 */
export function systemd(
  service: Pick<Service, "isSystem" | "account">,
  configHome: string,
  run: RunProgram,
  packaged?: { readonly unit: string; readonly path: string },
): ServiceManager {
  const { isSystem, account } = service;
  const unit = packaged?.unit ?? unitName(service);
  const folder = isSystem ? systemUnits : userUnits(configHome);
  const scope = isSystem ? [] : ["--user"];
  const systemctl = (args: readonly string[], limit?: number): Promise<ProgramResult> =>
    run("systemctl", [...scope, ...args], limit);
  const shown = ["systemctl", ...scope].join(" ");

  async function runOrThrow(args: readonly string[]): Promise<void> {
    const { exitCode, message } = await systemctl(args);
    if (exitCode !== 0) throw failed(`'${shown} ${args.join(" ")}' failed: ${foreignText(message)}`);
  }

  function failed(what: string): Failure {
    return new Failure(
      "SERVICE_FAILED",
      what,
      `see 'journalctl ${scope.join("")} -n 20 -u ${unit}'`.replace("  ", " "),
    );
  }

  async function properties(): Promise<Readonly<Record<string, string>>> {
    const names = "LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts,StatusText";
    const { stdout } = await systemctl(["show", unit, `--property=${names}`]);
    return Object.fromEntries(
      stdout.split("\n").map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
    );
  }

  return {
    path: packaged?.path ?? `${folder}/${unit}`,
    text: systemdUnit,
    async require() {
      const { stdout, message, isMissing } = await systemctl(["is-system-running"]);
      if (isMissing || stdout === "offline") throw noSystemd();
      // A manager that works answers with a word such as "degraded"; without one there is no answer, or "unknown".
      if (/^(?:initializing|starting|running|degraded|maintenance|stopping)$/.test(stdout)) return;
      throw isSystem
        ? failed(`systemd does not answer: ${foreignText(message)}`)
        : noUserManager(account.name, foreignText(message));
    },
    async start(isChanged) {
      if (isChanged) await runOrThrow(["daemon-reload"]);
      // Whether a package's unit is enabled is the administrator's decision.
      if (!packaged) await runOrThrow(["enable", unit]);
      const began = await systemctl([isChanged ? "restart" : "start", unit], startLimit);
      // If systemctl exceeded the time limit, it leaves the start to the manager.
      if (began.exitCode === undefined || began.exitCode === 0) return;
      throw failed(`${unit} did not start: ${foreignText(began.message)}`);
    },
    async stop() {
      await systemctl(["disable", "--now", unit]);
      // Without a manager this link stays.
      const wants = `${folder}/${wantedBy(service)}.wants`;
      await unlink(`${wants}/${unit}`).catch(() => undefined);
      if (!isSystem) await rmdir(wants).catch(() => undefined);
    },
    async forget() {
      await systemctl(["daemon-reload"]);
      await systemctl(["reset-failed", unit]);
      if (isSystem) return;
      // Folders of the user that are now empty.
      for (const each of [folder, dirname(folder)]) await rmdir(each).catch(() => undefined);
    },
    async state() {
      return stateOf(unit, await properties());
    },
    async notes() {
      return isSystem ? [] : lingerNote(account.name, run);
    },
  };
}

function stateOf(unit: string, found: Readonly<Record<string, string>>): ServiceState {
  const {
    ActiveState = "unknown",
    SubState = "unknown",
    UnitFileState,
    MainPID = "0",
    NRestarts = "0",
  } = found;
  const parts = [
    `${ActiveState} (${SubState})`,
    UnitFileState || "not enabled",
    ...(MainPID === "0" ? [] : [`process ${MainPID}`]),
    ...(NRestarts === "0" ? [] : [`restarted ${NRestarts} times`]),
    ...(found["StatusText"] ? [found["StatusText"]] : []),
  ];
  // A reload does not stop the service.
  return {
    isRunning: ActiveState === "active" || ActiveState === "reloading",
    ...(MainPID !== "0" && { pid: Number(MainPID) }),
    line: `${unit}: ${parts.join(", ")}`,
  };
}

/**
 * A user's manager ends with the user's last session. The program doesn't change that silently: lingering would start
 * all services of the user at boot, removing this service would not undo it, and it is not wanted on a laptop.
 */
async function lingerNote(name: string, run: RunProgram): Promise<readonly string[]> {
  const { stdout } = await run("loginctl", ["show-user", name, "--property=Linger"]);
  if (stdout === "Linger=yes") return [];
  return [`it ends with the last session of ${name}; on a build host run: loginctl enable-linger ${name}`];
}

function noSystemd(): Failure {
  return new Failure(
    "NO_SYSTEMD",
    "systemd does not run here, as in most containers",
    `start '${serviceName} daemon --if-not-running' with the container, or run '${ownProgram().path} daemon --once --splay 10m' from cron every 15 minutes`,
  );
}

function noUserManager(name: string, said: string): Failure {
  return new Failure(
    "NO_USER_MANAGER",
    `${name}'s service manager can't be reached: ${said}`,
    `log in as ${name} instead of changing to it by su or sudo, or use 'sudo ${serviceName} service install --system --user ${name}'`,
  );
}
