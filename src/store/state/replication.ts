import type { Destination } from "../../registry/replica.ts";
import { inspectFile, largestStateFile } from "../files/inspect.ts";
import { readingsPath, rulesPath } from "../files/paths.ts";
import { removeState, writeState } from "../files/write.ts";

/** Destinations by the host of their source. */
type Rules = ReadonlyMap<string, readonly Destination[]>;

const format = 1;

/**
 * The known replication rules. Never fails: a corrupt, foreign or newer file is reported with `report` and counts as
 * absent; the rules are then read again.
 */
export async function readRules(state: string, report: (line: string) => void): Promise<Rules> {
  const path = rulesPath(state);
  const file = await inspectFile(path, largestStateFile);
  if (file.kind === "absent") return new Map();
  const rules = file.kind === "text" ? parseRules(file.text) : undefined;
  if (rules) return rules;
  const why = file.kind === "refused" ? file.why : "not a file that this version writes";
  report(`STATE_FILE ${path} was ignored: ${why}`);
  return new Map();
}

/**
 * Stores the rules, and writes the file only if they differ from its content: tokens depend on its stamp.
 *
 * @returns whether they differ
 * @throws Failure STATE_FOLDER, STATE_WRITE
 */
export async function writeRules(state: string, rules: Rules): Promise<boolean> {
  const path = rulesPath(state);
  if (rules.size === 0) return removeState(path);
  const sources = Object.fromEntries(
    [...rules].map(([host, all]) => [host, all.toSorted(byAccountAndRegion)]),
  );
  const content = { format, sources };
  const file = await inspectFile(path, largestStateFile);
  if (file.kind === "text" && file.text === JSON.stringify(content)) return false;
  await writeState(state, path, content);
  return true;
}

/** The refresher's record of when the rules were read; the refresher validates it. Never fails. */
export async function readReadings(state: string): Promise<unknown> {
  const file = await inspectFile(readingsPath(state), largestStateFile);
  if (file.kind !== "text") return undefined;
  try {
    return JSON.parse(file.text);
  } catch {
    return undefined;
  }
}

/** @throws Failure STATE_FOLDER, STATE_WRITE */
export async function writeReadings(state: string, readings: unknown): Promise<void> {
  await writeState(state, readingsPath(state), readings);
}

function parseRules(text: string): Rules | undefined {
  try {
    const { format: version, sources } = JSON.parse(text);
    if (version !== format || typeof sources !== "object" || sources === null) return undefined;
    const rules = new Map(Object.entries(sources as Record<string, unknown>));
    return [...rules.values()].every(isDestinations) ? (rules as Rules) : undefined;
  } catch {
    return undefined;
  }
}

function isDestinations(value: unknown): value is Destination[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each?.account === "string" && typeof each.region === "string")
  );
}

function byAccountAndRegion(a: Destination, b: Destination): number {
  return a.account + a.region < b.account + b.region ? -1 : 1;
}
