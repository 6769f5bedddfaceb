import { version } from "../../package.json";
import type { Config } from "../config/config.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { within } from "../limits/concurrency.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { listManagedRegistries, type ManagedRegistries } from "../managed/registries.ts";
import { RememberedTokens } from "../managed/remembered-tokens.ts";
import { type ReplicationSync, syncReplicationRules } from "../managed/replication.ts";
import { updateOutputs } from "../outputs/outputs.ts";
import type { AppContext } from "../provider/context.ts";
import { refreshPass } from "../refresher/pass.ts";
import { isOver, type Pause, pauseOf } from "../refresher/pause.ts";
import type { PassReport, RefreshPorts } from "../refresher/ports.ts";
import { failureOfJob, rememberedFailure } from "../refresher/renewal-failure.ts";
import { noRuleFetches, type RuleFetchState } from "../refresher/replication-schedule.ts";
import { parseState, type RefresherState, startState, withoutCooldowns } from "../refresher/state.ts";
import { removeStaleGroups } from "../refresher/sync-groups.ts";
import { readClock } from "../store/files/clock.ts";
import { readRefresher, writeRefresher } from "../store/state/refresher-state.ts";
import { stampOf } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** The time limit for reading the AWS files and the token files of all managed registries, in milliseconds. */
const defaultListLimit = 30_000;

/** The results of a pass. */
export interface Pass {
  readonly managed: ManagedRegistries;
  readonly report: PassReport;
  readonly state: RefresherState;
  /** Failures to update the files under `outputs` of config.yaml. */
  readonly outputs: readonly Failure[];
}

/** Runs the refresher's passes over this program's files, one after another, and keeps its state between them. */
export class Refresher {
  #config: StampedConfig | undefined;
  #state: RefresherState | undefined;
  #ruleFetches: RuleFetchState | undefined;
  /** At a first start no replication rules are read before this has ended. */
  #startDelay: Pause | undefined;
  #isListing = false;
  readonly #tokens: RememberedTokens;
  /** The last list of managed registries. */
  #managed: ManagedRegistries | undefined;

  /**
   * @param daemon the process, if it runs more than one pass
   * @param onStep called at each step of a pass
   * @param listLimit milliseconds
   */
  constructor(
    private readonly app: AppContext,
    private readonly daemon?: { readonly pid: number; readonly startedAt: number },
    private readonly onStep: () => void = () => {},
    private readonly listLimit = defaultListLimit,
  ) {
    this.#tokens = new RememberedTokens(app);
  }

  /**
   * Reads config.yaml if it has changed. If it is invalid or can no longer be read, the last valid one stays in use, so
   * that no other identity is guessed.
   *
   * @throws Failure
   */
  async readConfig(): Promise<Config> {
    const { files, folders } = this.app;
    // Thousands of entries take a while to read, so a config with the same stamp is not read again. The stamp of an absent
    // file proves nothing: a symlink to a missing file has it too, and is an error.
    const current = this.#config?.stamp === stampOf("absent") ? undefined : this.#config;
    const seen = await readStamped(folders, files.stamp, current);
    if (seen === current) return seen.config;
    const { notRead } = seen.config;
    if (notRead && current && !current.config.notRead) throw notRead;
    if (notRead && notRead.oneLine !== this.#config?.config.notRead?.oneLine) this.app.log(notRead.oneLine);
    this.#config = seen;
    return seen.config;
  }

  /**
   * @returns undefined while there has been no valid config
   * @param splay milliseconds over which the first calls of a start are spread
   * @param ignoreCooldowns whether to ignore the cooldowns after the last calls, since a user asks for it
   * @throws Failure LISTING_TIMEOUT
   */
  async pass(stop: AbortSignal, splay = 0, ignoreCooldowns = false): Promise<Pass | undefined> {
    const config = this.#config;
    const { files, folders, now } = this.app;
    if (!this.#state) {
      const clock = readClock(files, now());
      this.#state = startState(parseState((await readRefresher(folders.state))?.state), splay, clock);
      this.#startDelay = pauseOf(splay * Math.random(), clock);
    }
    if (!config) return undefined;
    if (!config.config.notRead) await this.app.store.convertEncryption(config.config.store);
    const managed = await this.list(config);
    const basePorts = refreshPorts(this.app, () => managed, 0, this.#tokens);
    const ports: RefreshPorts = {
      ...basePorts,
      deadline: (limit) => {
        this.onStep();
        return basePorts.deadline(limit);
      },
    };
    const { jobs } = managed.plan;
    this.#tokens.keepOnly(new Set(jobs.map(({ key }) => key)));
    const before = removeStaleGroups(ignoreCooldowns ? withoutCooldowns(this.#state) : this.#state, jobs);
    const { state, report } = await refreshPass(ports, jobs, before, Math.random, { stop });
    this.#state = state;
    if (stop.aborted) return { managed, report, state, outputs: [] };
    const { failures, wakeAt: outputsWakeAt = Infinity } = await updateOutputs(
      folders.state,
      this.app,
      managed,
      config.config,
    );
    const wakeAt = Math.min(report.wakeAt ?? Infinity, outputsWakeAt);
    const reportWithWakeAt = { ...report, ...(wakeAt < Infinity && { wakeAt }) };
    return { managed, report: reportWithWakeAt, state, outputs: failures };
  }

  /** @throws Failure LISTING_TIMEOUT so that AWS files on a disk that hangs don't block the daemon for ever */
  private async list(config: StampedConfig): Promise<ManagedRegistries> {
    // A second listing would hang too, and block one more of the few threads that read files.
    if (this.#isListing) throw listingTimeout();
    this.#isListing = true;
    const listing = listManagedRegistries(this.app, config, this.#managed).finally(() => {
      this.#isListing = false;
    });
    this.#managed = await within(AbortSignal.timeout(this.listLimit), listing, listingTimeout);
    return this.#managed;
  }

  /**
   * Reads the replication rules that are due, within a minute. If they have changed, the caller has to run another pass.
   *
   * @returns undefined if there has been no valid config, or the start delay has not ended
   * @param readAll whether to read all of them now
   * @throws Failure STATE_FOLDER, STATE_WRITE
   */
  async syncReplication(stop: AbortSignal, readAll = false): Promise<ReplicationSync | undefined> {
    const { files, now } = this.app;
    const isDelayed = this.#startDelay && !isOver(this.#startDelay, readClock(files, now()));
    if (!this.#config || (isDelayed && !readAll)) return undefined;
    const memory = this.#ruleFetches ?? noRuleFetches;
    const sync = await syncReplicationRules(this.app, this.#config, {
      readAll,
      stop,
      remembered: memory,
    });
    this.#ruleFetches = sync.ruleFetches;
    return sync;
  }

  /**
   * Writes the state and a heartbeat.
   *
   * @param configError why the previous config is in use
   * @throws Failure
   */
  async saveState(isAlive: boolean, configError?: string): Promise<void> {
    const { folders, now } = this.app;
    const state = this.#state ?? {};
    const daemon = isAlive && this.daemon ? { ...this.daemon, program: version } : undefined;
    const error = configError !== undefined && { configError };
    await writeRefresher(folders.state, { format: 1, ...daemon, lastTickAt: now(), ...error, state });
  }
}

function listingTimeout(): Failure {
  const what =
    "the AWS files or the token files can't be read: no answer from their disk, so no token is renewed";
  return new Failure("LISTING_TIMEOUT", what, "see whether the disk of ~/.aws or of the state folder hangs");
}

/**
 * The failures of a pass, one line each, including jobs that wait for their next attempt.
 *
 * @param now milliseconds since the epoch
 * @param began when the command began: earlier failures are shown with their time and the next attempt
 */
export function failuresOf({ report, outputs }: Pass, now: number, began = 0): string[] {
  const notWritten = report.failed.filter(({ step }) => step === "publish").map(({ failure }) => failure);
  const notRenewed = report.failing.map((one) =>
    one.at < began ? rememberedFailure(one, now) : failureOfJob(one, now),
  );
  return [...notRenewed, ...notWritten, ...outputs].map(({ oneLine }) => oneLine);
}
