import type { Config } from "../config/config.ts";
import { readConfig } from "../config/read.ts";
import type { PassReport } from "../refresher/ports.ts";
import { parseState, type RefresherState, startState } from "../refresher/state.ts";
import { forgetOthers } from "../refresher/stock.ts";
import { refreshPass } from "../refresher/tick.ts";
import { readClock } from "../store/clock.ts";
import { readRefresher, writeRefresher } from "../store/refresher-state.ts";
import { Failure } from "../token/failure.ts";
import { type Keeping, keepingOf } from "./keeping.ts";
import { refreshPorts } from "./refreshing.ts";
import type { SeenConfig, Surroundings } from "./surroundings.ts";

/** What a pass did, and over what. */
export interface Pass {
  readonly keeping: Keeping;
  readonly report: PassReport;
  readonly state: RefresherState;
}

/** The refresher over this program's files: its passes one after another, and what it remembers between them. */
export class Refresher {
  #seen: SeenConfig | undefined;
  #state: RefresherState | undefined;

  /** @param daemon of the process that lives on between passes; absent: a single pass */
  constructor(
    private readonly around: Surroundings,
    private readonly daemon?: { readonly pid: number; readonly startedAt: number },
  ) {}

  /**
   * Reads config.yaml anew. What is broken leaves the last good one in force, and no other identity is guessed.
   *
   * @throws Failure
   */
  async readConfig(): Promise<Config> {
    const { files, folders } = this.around;
    const stamp = files.stamp(folders.configFile);
    const config = await readConfig(folders.configFile);
    this.#seen = { config, stamp };
    return config;
  }

  /**
   * @returns undefined where there has been no good config yet
   * @param splay milliseconds over which the first calls of a start are spread
   */
  async pass(stop: AbortSignal, splay = 0): Promise<Pass | undefined> {
    const seen = this.#seen;
    const { files, folders, now } = this.around;
    this.#state ??= startState(
      parseState((await readRefresher(folders.state))?.state),
      splay,
      readClock(files, now()),
    );
    if (!seen) return undefined;
    const around = { ...this.around, config: async () => seen };
    const keeping = await keepingOf(around, seen.config);
    const ports = refreshPorts(around, () => keeping);
    const { jobs } = keeping.plan;
    const before = forgetOthers(this.#state, jobs);
    const { state, report } = await refreshPass(ports, jobs, before, Math.random, { stop });
    this.#state = state;
    return { keeping, report, state };
  }

  /**
   * Writes what it remembers.
   *
   * @param configError why the config of before is in force
   * @throws Failure
   */
  async keep(isAlive: boolean, configError?: string): Promise<void> {
    const { folders, now } = this.around;
    const state = this.#state ?? {};
    const daemon = isAlive ? this.daemon : undefined;
    const error = configError !== undefined && { configError };
    await writeRefresher(folders.state, { format: 1, ...daemon, lastTickAt: now(), ...error, state });
  }
}

/** What there is to tell of failures in a pass, one line each; those that wait for their next attempt are failures still. */
export function failuresOf({ report, state }: Pass): string[] {
  const failed = report.failed.map(({ failure }) => failure.oneLine);
  const waiting = report.skipped.flatMap(({ key }) => {
    const failure = state.groups[key]?.failure;
    return failure ? [new Failure(failure.code, failure.what, failure.mend).oneLine] : [];
  });
  return [...failed, ...waiting];
}
