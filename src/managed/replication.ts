import { followedSources } from "../config/replication.ts";
import type { StampedConfig } from "../config/stamped.ts";
import type { AppContext } from "../provider/context.ts";
import { fetchRules, type RuleFetchPorts } from "../refresher/read-replication.ts";
import {
  dueRuleFetches,
  mergeRuleFetches,
  noRuleFetches,
  parseRuleFetches,
  type RuleFetchState,
} from "../refresher/replication-schedule.ts";
import type { Destination } from "../registry/replica.ts";
import { readReadings, readRules, writeReadings, writeRules } from "../store/state/replication.ts";
import { Failure } from "../token/failure.ts";
import { rulesReader } from "./replication-reader.ts";

/** The result of reading the rules of followed registries. */
export interface ReplicationSync {
  /** Whether the rules differ from those that were stored. */
  readonly isChanged: boolean;
  /** Failures of this call. */
  readonly failed: readonly Failure[];
  /** Failures of earlier attempts whose next attempt is not due. */
  readonly waiting: readonly Failure[];
  readonly ruleFetches: RuleFetchState;
}

export interface SyncOptions {
  /** Whether to read all of them; default: those that are due. */
  readonly readAll?: boolean;
  readonly stop?: AbortSignal;
  /** The result of the last call, which may not have reached the disk. */
  readonly remembered?: RuleFetchState;
}

/**
 * Reads the replication rules of the registries that config.yaml follows, and stores them. If rules can't be read, the
 * stored ones stay in use. Fetches no token. Two processes may do this at once: both read the same, and the later write
 * wins.
 *
 * @throws Failure STATE_FOLDER, STATE_WRITE if rules that are no longer followed can't be removed
 */
export async function syncReplicationRules(
  app: AppContext,
  stamped: StampedConfig,
  { readAll = false, stop = new AbortController().signal, remembered = noRuleFetches }: SyncOptions = {},
): Promise<ReplicationSync> {
  const { folders, log } = app;
  const hosts = new Set(followedSources(stamped.config).map(({ registry }) => registry.host));
  const stored = await readRules(folders.state, log);
  const known = new Map([...stored].filter(([host]) => hosts.has(host)));
  const isReduced = known.size < stored.size && (await writeRules(folders.state, known));
  const merged = mergeRuleFetches(parseRuleFetches(await readReadings(folders.state)), remembered);
  const previous = { ...merged, sources: ofHosts(merged.sources, hosts) };
  if (hosts.size === 0) return { isChanged: isReduced, failed: [], waiting: [], ruleFetches: previous };

  const reader = await rulesReader(app, stamped);
  const { sources } = reader;
  const due = readAll ? sources : dueRuleFetches(sources, previous, new Set(known.keys()), reader.clock());
  let isDifferent = false;
  const store: RuleFetchPorts<readonly Destination[]>["store"] = async (fetched) => {
    isDifferent = await writeRules(folders.state, new Map([...known, ...fetched]));
  };
  const { ruleFetches, failed } = await fetchRules({ ...reader, store }, due, previous, Math.random, stop);
  if (due.length > 0) {
    // The caller has the result in memory; only other processes need the file.
    await writeReadings(folders.state, ruleFetches).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      log(error.oneLine);
    });
  }
  const failedNow = new Set(failed.map(({ source }) => source.host));
  return {
    isChanged: isReduced || isDifferent,
    failed: failed.map(({ failure }) => failure),
    waiting: sources.flatMap(({ host }) => {
      const failure = failedNow.has(host) ? undefined : ruleFetches.sources[host]?.failure;
      return failure ? [Failure.from(failure)] : [];
    }),
    ruleFetches,
  };
}

function ofHosts<Value>(all: Readonly<Record<string, Value>>, hosts: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(all).filter(([host]) => hosts.has(host)));
}
