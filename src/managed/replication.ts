import { followedSources } from "../config/replication.ts";
import type { StampedConfig } from "../config/stamped.ts";
import type { AppContext } from "../provider/context.ts";
import { type ReadingPorts, readSources } from "../refresher/read-replication.ts";
import {
  dueRuleFetches,
  laterReadings,
  noReadings,
  parseReadings,
  type RuleFetchState,
} from "../refresher/replication-schedule.ts";
import type { Destination } from "../registry/replica.ts";
import { readReadings, readRules, writeReadings, writeRules } from "../store/state/replication.ts";
import { Failure } from "../token/failure.ts";
import { rulesReader } from "./replication-reader.ts";

/** What came of looking at the rules of followed registries. */
export interface Followed {
  /** Whether the rules are others than those that were known. */
  readonly isChanged: boolean;
  /** Just now. */
  readonly failed: readonly Failure[];
  /** From an earlier attempt, while the next is waited for. */
  readonly waiting: readonly Failure[];
  readonly readings: RuleFetchState;
}

export interface FollowOptions {
  /** All of them now; default: those that are due. */
  readonly anew?: boolean;
  readonly stop?: AbortSignal;
  /** What came of the last time, where the disk may have refused it. */
  readonly memory?: RuleFetchState;
}

/**
 * Reads the replication rules of the registries that config.yaml follows, and keeps them for whoever asks next. Where
 * they can't be read, those that are known stay in force. Gets no token. Two processes at once do no harm: both read
 * the same, and the later word counts.
 *
 * @throws Failure STATE_FOLDER, STATE_WRITE where rules that are no longer followed can't be taken out
 */
export async function syncReplicationRules(
  app: AppContext,
  seen: StampedConfig,
  { anew = false, stop = new AbortController().signal, memory = noReadings }: FollowOptions = {},
): Promise<Followed> {
  const { folders, log } = app;
  const hosts = new Set(followedSources(seen.config).map(({ registry }) => registry.host));
  const found = await readRules(folders.state, log);
  const known = new Map([...found].filter(([host]) => hosts.has(host)));
  const isLess = known.size < found.size && (await writeRules(folders.state, known));
  const noted = laterReadings(parseReadings(await readReadings(folders.state)), memory);
  const before = { ...noted, sources: ofHosts(noted.sources, hosts) };
  if (hosts.size === 0) return { isChanged: isLess, failed: [], waiting: [], readings: before };

  const reader = await rulesReader(app, seen);
  const { sources } = reader;
  const due = anew ? sources : dueRuleFetches(sources, before, new Set(known.keys()), reader.clock());
  let isOther = false;
  const keep: ReadingPorts<readonly Destination[]>["keep"] = async (brought) => {
    isOther = await writeRules(folders.state, new Map([...known, ...brought]));
  };
  const { readings, failed } = await readSources({ ...reader, keep }, due, before, Math.random, stop);
  if (due.length > 0) {
    // Who goes on has it in memory; others have to do without.
    await writeReadings(folders.state, readings).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      log(error.oneLine);
    });
  }
  const failedNow = new Set(failed.map(({ source }) => source.host));
  return {
    isChanged: isLess || isOther,
    failed: failed.map(({ failure }) => failure),
    waiting: sources.flatMap(({ host }) => {
      const failure = failedNow.has(host) ? undefined : readings.sources[host]?.failure;
      return failure ? [Failure.from(failure)] : [];
    }),
    readings,
  };
}

function ofHosts<Value>(all: Readonly<Record<string, Value>>, hosts: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(all).filter(([host]) => hosts.has(host)));
}
