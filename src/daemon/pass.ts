import { version } from "../../package.json";
import type { Config } from "../config/config.ts";
import { readStamped, type StampedConfig } from "../config/stamped.ts";
import { within } from "../limits/concurrency.ts";
import { refreshPorts } from "../managed/refresh-ports.ts";
import { listManagedRegistries, type ManagedRegistries } from "../managed/registries.ts";
import { RememberedTokens } from "../managed/remembered-tokens.ts";
import { type Followed, syncReplicationRules } from "../managed/replication.ts";
import { updateOutputs } from "../outputs/outputs.ts";
import type { AppContext } from "../provider/context.ts";
import { refreshPass } from "../refresher/pass.ts";
import { isOver, type Pause, pauseOf } from "../refresher/pause.ts";
import type { PassReport, RefreshPorts } from "../refresher/ports.ts";
import { failureOfJob } from "../refresher/renewal-failure.ts";
import { noReadings, type RuleFetchState } from "../refresher/replication-schedule.ts";
import { parseState, type RefresherState, rested, startState } from "../refresher/state.ts";
import { removeStaleGroups } from "../refresher/sync-groups.ts";
import { readClock } from "../store/files/clock.ts";
import { readRefresher, writeRefresher } from "../store/state/refresher-state.ts";
import { stampOf } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";

/** Milliseconds that reading the AWS files and the token files of all that is kept may take. */
const usualListing = 30_000;

/** What a pass did, and over what. */
export interface Pass {
  readonly managed: ManagedRegistries;
  readonly report: PassReport;
  readonly state: RefresherState;
  /** Of the files under `outputs` of config.yaml. */
  readonly outputs: readonly Failure[];
}

/** The refresher over this program's files: its passes one after another, and what it remembers between them. */
export class Refresher {
  #seen: StampedConfig | undefined;
  /** Why no config.yaml is read, as it was logged last. */
  #barred: string | undefined;
  #state: RefresherState | undefined;
  #readings: RuleFetchState | undefined;
  /** Until then no rules are read: a first start is spread. */
  #hold: Pause | undefined;
  #isListing = false;
  readonly #tokens: RememberedTokens;
  /** The last list. */
  #managed: ManagedRegistries | undefined;

  /**
   * @param daemon of the process that lives on between passes; absent: a single pass
   * @param alive is told of each step of a pass
   * @param longestListing milliseconds
   */
  constructor(
    private readonly app: AppContext,
    private readonly daemon?: { readonly pid: number; readonly startedAt: number },
    private readonly alive: () => void = () => {},
    private readonly longestListing = usualListing,
  ) {
    this.#tokens = new RememberedTokens(app);
  }

  /**
   * Reads config.yaml if it has changed. What is broken leaves the last good one in force, and no other identity is guessed.
   *
   * @throws Failure
   */
  async readConfig(): Promise<Config> {
    const { files, folders } = this.app;
    // Thousands of entries take a while to read. A link to nothing counts as absent and is no config.
    const known = this.#seen?.stamp === stampOf("absent") ? undefined : this.#seen;
    let barred: string | undefined;
    const seen = await readStamped(folders.configFile, files.stamp, known, ({ oneLine }) => {
      barred = oneLine;
    });
    if (seen === known) return seen.config;
    if (barred !== undefined && barred !== this.#barred) this.app.log(barred);
    this.#barred = barred;
    this.#seen = seen;
    return seen.config;
  }

  /**
   * @returns undefined where there has been no good config yet
   * @param splay milliseconds over which the first calls of a start are spread
   * @param anew a person wants it: no rest after the last calls
   * @throws Failure LISTING_TIMEOUT
   */
  async pass(stop: AbortSignal, splay = 0, anew = false): Promise<Pass | undefined> {
    const seen = this.#seen;
    const { files, folders, now } = this.app;
    if (!this.#state) {
      const clock = readClock(files, now());
      this.#state = startState(parseState((await readRefresher(folders.state))?.state), splay, clock);
      this.#hold = pauseOf(splay * Math.random(), clock);
    }
    if (!seen) return undefined;
    await this.app.store.convertEncryption(seen.config.store);
    const managed = await this.list(seen);
    const plain = refreshPorts(this.app, () => managed, 0, this.#tokens);
    const ports: RefreshPorts = {
      ...plain,
      deadline: (limit) => {
        this.alive();
        return plain.deadline(limit);
      },
    };
    const { jobs } = managed.plan;
    this.#tokens.keepOnly(new Set(jobs.map(({ key }) => key)));
    const before = removeStaleGroups(anew ? rested(this.#state) : this.#state, jobs);
    const { state, report } = await refreshPass(ports, jobs, before, Math.random, { stop });
    this.#state = state;
    if (stop.aborted) return { managed, report, state, outputs: [] };
    const { failures, wakeAt: end = Infinity } = await updateOutputs(
      folders.state,
      this.app,
      managed,
      seen.config,
    );
    const wakeAt = Math.min(report.wakeAt ?? Infinity, end);
    const woken = { ...report, ...(wakeAt < Infinity && { wakeAt }) };
    return { managed, report: woken, state, outputs: failures };
  }

  /** @throws Failure LISTING_TIMEOUT: AWS files on a disk that hangs must not hold up the daemon for ever */
  private async list(seen: StampedConfig): Promise<ManagedRegistries> {
    // Another one would hang as well, and take one more of the few threads that read files.
    if (this.#isListing) throw listingTimeout();
    this.#isListing = true;
    const listing = listManagedRegistries(this.app, seen, this.#managed).finally(() => {
      this.#isListing = false;
    });
    this.#managed = await within(AbortSignal.timeout(this.longestListing), listing, listingTimeout);
    return this.#managed;
  }

  /**
   * Reads the replication rules that are due, which takes no more than a minute. Where they have changed another pass
   * is to follow.
   *
   * @returns undefined where there is nothing to read them for yet
   * @param anew whether all are to be read
   * @throws Failure STATE_FOLDER, STATE_WRITE
   */
  async follow(stop: AbortSignal, anew = false): Promise<Followed | undefined> {
    const { files, now } = this.app;
    const isHeld = this.#hold && !isOver(this.#hold, readClock(files, now()));
    if (!this.#seen || (isHeld && !anew)) return undefined;
    const memory = this.#readings ?? noReadings;
    const followed = await syncReplicationRules(this.app, this.#seen, { anew, stop, memory });
    this.#readings = followed.readings;
    return followed;
  }

  /**
   * Writes what it remembers.
   *
   * @param configError why the config of before is in force
   * @throws Failure
   */
  async keep(isAlive: boolean, configError?: string): Promise<void> {
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
 * The failures of a pass, one line each; those that wait for their next attempt are failures still.
 *
 * @param now milliseconds since the epoch
 */
export function failuresOf({ report, outputs }: Pass, now: number): string[] {
  const notWritten = report.failed.filter(({ step }) => step === "publish").map(({ failure }) => failure);
  const notRenewed = report.failing.map((one) => failureOfJob(one, now));
  return [...notRenewed, ...notWritten, ...outputs].map(({ oneLine }) => oneLine);
}
