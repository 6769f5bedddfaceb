import { version } from "../../package.json";
import { lookAtState } from "../doctor/checks/folders.ts";
import { daemonHealth, type Health } from "../managed/daemon-health.ts";
import { shownRegistries } from "../managed/registry-rows.ts";
import type { Surroundings } from "../provider/context.ts";
import { parseState } from "../refresher/state.ts";
import { readClock } from "../store/files/clock.ts";
import { readRefresher } from "../store/state/refresher-state.ts";
import { Failure } from "../token/failure.ts";
import { type OutputState, outputStates } from "./outputs-report.ts";
import { replicationReport, type SourceReport } from "./replication-report.ts";
import { type ShownToken, Tokens } from "./tokens.ts";

/** What `status --json` prints. Fields are added to, never changed: docs/status.md. */
export interface StatusReport {
  readonly version: 1;
  /** Of the program. */
  readonly program: string;
  /** Milliseconds since the epoch, as all times in it. */
  readonly at: number;
  /** Whether config.yaml can be used and every token that is kept has enough life left. */
  readonly ok: boolean;
  readonly daemon: Health;
  readonly registries: readonly ShownToken[];
  readonly replication: readonly SourceReport[];
  readonly outputs: readonly OutputState[];
  /** Why encrypted tokens can be neither read nor kept here. */
  readonly unkept?: string;
  /** Why the state folder can't be used, so that what lies there can't be told. */
  readonly stateError?: string;
  /** Why config.yaml can't be used. */
  readonly configError?: string;
}

/** How it stands now. Looks at this program's files alone and changes none. */
export async function statusReport(around: Surroundings): Promise<StatusReport> {
  const { folders, files, now } = around;
  const shown = await shownRegistries(around);
  const refresher = await readRefresher(folders.state);
  const daemon = await daemonHealth(folders.state, refresher, now());
  const tokens = new Tokens(around, shown, parseState(refresher?.state).groups, readClock(files, now()));
  const registries: ShownToken[] = [];
  for (const registry of shown.registries) registries.push(await tokens.of(registry, daemon.running));
  const { kept, configError } = shown;
  const unkept = await whyUnkept(around);
  const stateError = await stateTrouble(folders.state);
  return {
    version: 1,
    program: version,
    at: now(),
    ok: !configError && stateError === undefined && registries.every(({ isFresh }) => isFresh),
    daemon,
    registries,
    replication: kept ? await replicationReport(around, kept.keeping) : [],
    outputs: kept ? await outputStates(folders.state, kept.config) : [],
    ...(unkept !== undefined && { unkept }),
    ...(stateError !== undefined && { stateError }),
    ...(configError && { configError: configError.oneLine }),
  };
}

async function stateTrouble(state: string): Promise<string | undefined> {
  const { status, code = "STATE_FOLDER", seen, mend = "" } = await lookAtState(state);
  return status === "failed" ? new Failure(code, seen, mend).oneLine : undefined;
}

async function whyUnkept({ store }: Surroundings): Promise<string | undefined> {
  try {
    await store.mustKeep();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.oneLine;
    throw error;
  }
}
