import {
  daemonHealth,
  type Health,
  heartbeatCounts,
  isThere,
  programWords,
} from "../../managed/daemon-health.ts";
import { type RefresherFile, readRefresher } from "../../store/state/refresher-state.ts";
import { readableDuration } from "../../terminal/words.ts";
import type { MachineDiagnostic } from "./diagnostic.ts";
import { type Finding, failed, ok, skipped } from "./finding.ts";

/** Whether the daemon, where one was started, is alive. */
export const daemon: MachineDiagnostic = {
  name: "daemon",
  scope: "machine",
  needs: ["state-folder"],
  look: async ({ folders: { state }, now }) => {
    const file = await readRefresher(state);
    const health = await daemonHealth(state, file, now());
    const { running, pid } = health;
    if (running && pid === undefined) return ok("it runs, its first pass is under way");
    const finding = judgeDaemon(file, now(), file?.pid !== undefined && isThere(file.pid));
    return running ? withProgram(finding, health) : finding;
  },
};

/**
 * A fresh heartbeat counts more than a process that can't be seen: the folder may be shared with a container.
 *
 * @param now milliseconds since the epoch
 * @param hasProcess whether there is a process of that number
 */
export function judgeDaemon(file: RefresherFile | undefined, now: number, hasProcess: boolean): Finding {
  if (!file) return skipped("no daemon has run: a get renews by itself");
  const ago = now - file.lastTickAt;
  if (file.pid === undefined) {
    return skipped(`no daemon runs (last pass ${readableDuration(ago)} ago): a get renews by itself`);
  }
  const beat = `last heartbeat ${readableDuration(Math.abs(ago))} ${ago < 0 ? "ahead" : "ago"}`;
  if (Math.abs(ago) < heartbeatCounts) return ok(`process ${file.pid}, ${beat}`);
  const restart = "start it again: 'docker-credential-ecr daemon', or its service";
  return hasProcess
    ? failed("DAEMON_HANGS", `process ${file.pid} of the daemon does nothing any more: ${beat}`, restart)
    : failed("DAEMON_DEAD", `the daemon has died: process ${file.pid} is gone, ${beat}`, restart);
}

/** A daemon that runs another program than this one has to be restarted: an upgrade leaves it as it is. */
function withProgram(finding: Finding, health: Health): Finding {
  if (finding.status !== "ok") return finding;
  const seen = `${finding.seen}, ${programWords(health)}`;
  const restart = `docker-credential-ecr service restart; without a service, end process ${health.pid} and start the daemon again`;
  return health.outdated ? failed("DAEMON_OUTDATED", seen, restart) : ok(seen);
}
