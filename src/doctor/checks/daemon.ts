import { daemonHealth, describeProgram, type Health, heartbeatMaxAge } from "../../managed/daemon-health.ts";
import { installedService } from "../../service/installed.ts";
import { type RefresherFile, readRefresher } from "../../store/state/refresher-state.ts";
import { readableDuration } from "../../terminal/words.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/** Whether the daemon, if one was started, is alive. */
export const daemon: MachineDiagnostic = {
  name: "daemon",
  scope: "machine",
  needs: ["state"],
  look: async ({ folders: { state }, env, home, now }) => {
    const file = await readRefresher(state);
    const health = await daemonHealth(state, file, now(), await installedService(env, home));
    const { running, pid, restart } = health;
    if (running && pid === undefined) return ok("it runs, its first pass is under way");
    const finding = judgeDaemon(file, now(), running, restart);
    return running ? withProgram(finding, health) : finding;
  },
};

/**
 * @param now milliseconds since the epoch
 * @param running whether a daemon holds its lock. A recent heartbeat doesn't show that: a daemon that was killed leaves
 *   one. Nor does its process ID: another process may have it, or the daemon is in a container that shares the folder
 * @param command starts the service of a package
 */
export function judgeDaemon(
  file: RefresherFile | undefined,
  now: number,
  running: boolean,
  command?: string,
): Finding {
  const how = command === undefined ? "" : ` (its service is enabled; start it: ${command})`;
  if (!file) return skipped(`no daemon has run${how}: each get renews tokens on demand`);
  const ago = now - file.lastTickAt;
  if (file.pid === undefined) {
    return skipped(
      `no daemon runs (last pass ${readableDuration(ago)} ago)${how}: each get renews tokens on demand`,
    );
  }
  const beat = `last heartbeat ${readableDuration(Math.abs(ago))} ${ago < 0 ? "ahead" : "ago"}`;
  const restart = command ?? "start it again: 'docker-credential-ecr daemon', or its service";
  if (!running) {
    const seen = `the daemon was killed or crashed: process ${file.pid} is gone, ${beat}`;
    return failed("DAEMON_DEAD", seen, restart);
  }
  return Math.abs(ago) < heartbeatMaxAge
    ? ok(`process ${file.pid}, ${beat}`)
    : failed("DAEMON_HANGS", `process ${file.pid} of the daemon hangs: ${beat}`, restart);
}

/** A daemon that runs a different program than this one has to be restarted: an upgrade does not restart it. */
function withProgram(finding: Finding, health: Health): Finding {
  if (finding.status !== "ok") return finding;
  const { restart: command, ...described } = health;
  const seen = `${finding.seen}, ${describeProgram(described)}`;
  const restart =
    command ??
    `docker-credential-ecr service restart; without a service, end process ${health.pid} and start the daemon again`;
  return health.outdated ? failed("DAEMON_OUTDATED", seen, restart) : ok(seen);
}
