import { forEachConcurrent } from "../limits/concurrency.ts";
import { Failure } from "../token/failure.ts";
import { foreignError } from "../token/foreign-text.ts";
import { cutForeign, oneLine, withoutControls } from "../token/printable.ts";
import { redact } from "../token/redact.ts";
import type { CheckRun } from "./checks/check-run.ts";
import { type Diagnostic, defaultLimit } from "./checks/diagnostic.ts";
import { type Finding, failed, failedBy, skipped } from "./checks/finding.ts";
import type { DoctorContext } from "./checks/machine.ts";

/** A finding with the name of its check. */
export interface Entry extends Finding {
  readonly name: string;
  /** The host that was checked; absent: the machine was. */
  readonly registry?: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A check and its target. */
export interface Step {
  readonly diagnostic: Diagnostic;
  readonly registry?: string;
  look(signal: AbortSignal): Promise<Finding>;
}

/** Steps that run one after another. */
export type Chapter = readonly Step[];

/**
 * The checks in their order. For one registry: the whole chain. For several: first the checks of the machine, then those
 * of each registry.
 */
export function chaptersOf(
  chain: readonly Diagnostic[],
  machine: DoctorContext,
  checkRuns: readonly CheckRun[],
): Chapter[] {
  const ofMachine = chain.filter(({ scope }) => scope === "machine");
  const rest = chain.filter(({ scope }) => scope === "registry");
  const [only] = checkRuns;
  if (only && checkRuns.length === 1) return [chain.map((each) => step(each, machine, only))];
  const first = ofMachine.map((each) => step(each, machine, undefined));
  return [first, ...checkRuns.map((checkRun) => rest.map((each) => step(each, machine, checkRun)))];
}

function step(diagnostic: Diagnostic, machine: DoctorContext, checkRun: CheckRun | undefined): Step {
  if (diagnostic.scope === "machine") return { diagnostic, look: () => diagnostic.look(machine) };
  if (!checkRun) throw new Error(`${diagnostic.name} looks at a registry`);
  return { diagnostic, registry: checkRun.host, look: (signal) => diagnostic.look(checkRun, signal) };
}

/** Registries that are checked at the same time: if the API hangs, each of them waits for the time limit. */
const concurrency = 16;

/**
 * Runs the first chapter, and then the others in parallel.
 *
 * @param onEntry called for each entry in the order of the steps; for a parallel chapter when it has ended
 */
export async function runChapters(
  [first = [], ...rest]: readonly Chapter[],
  now: () => number,
  onEntry: (entry: Entry) => void,
): Promise<Entry[]> {
  const broken = new Map<string, string>();
  const entries = await runSteps(first, now, onEntry, broken);
  const ends = rest.map((steps) => ({ steps, ...Promise.withResolvers<Entry[]>() }));
  const all = forEachConcurrent(ends, concurrency, async ({ steps, resolve }) =>
    resolve(await runSteps(steps, now, () => {}, broken)),
  );
  for (const { promise } of ends) {
    for (const entry of await promise) {
      entries.push(entry);
      onEntry(entry);
    }
  }
  await all;
  return entries;
}

/**
 * Runs the steps one after another. A check that needs a failed check is skipped, and so are those that need it. A check
 * that takes too long fails.
 *
 * @param now milliseconds of any clock
 * @param onEntry called for each entry at once
 * @param broken the checks that have failed or were skipped, each with the first failed check that caused it
 */
export async function runSteps(
  steps: readonly Step[],
  now: () => number,
  onEntry: (entry: Entry) => void,
  broken = new Map<string, string>(),
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const each of steps) {
    const { diagnostic, registry } = each;
    const { name, needs = [] } = diagnostic;
    const cause = needs.map((need) => broken.get(need) ?? broken.get(keyOf(need, registry))).find(Boolean);
    const began = now();
    const finding = cause ? skipped(`${cause} failed`) : await runStep(each);
    const entry = { name, ...(registry && { registry }), ...clean(finding), took: Math.round(now() - began) };
    if (cause ?? (finding.status === "failed" && !finding.blocksNothing && name)) {
      broken.set(diagnostic.scope === "machine" ? name : keyOf(name, registry), cause ?? name);
    }
    entries.push(entry);
    onEntry(entry);
  }
  return entries;
}

/** Milliseconds in which a check can report what it waits for, after its signal has aborted. */
const grace = 500;

async function runStep({ diagnostic, look }: Step): Promise<Finding> {
  const limit = diagnostic.limit ?? defaultLimit;
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(timeoutFailure(diagnostic.name, limit)), limit + grace);
  try {
    return await Promise.race([look(AbortSignal.timeout(limit)), timeout.promise]);
  } catch (error) {
    if (error instanceof Failure) return failedBy(error);
    return failed("UNEXPECTED", foreignError(error), "run it again; if it stays, report this line as a bug");
  } finally {
    clearTimeout(timer);
  }
}

function timeoutFailure(name: string, limit: number): Failure {
  return new Failure(
    "DOCTOR_TIMEOUT",
    `${name} did not end within ${limit / 1000} s`,
    "see whether the disk, the network or another program hangs",
  );
}

/** Characters of a finding: lists of registries are long. */
const maxFindingLength = 16_384;

/** Removes secrets and control characters, since findings contain text from AWS, servers and other programs. */
function clean({ status, seen, fix, code }: Finding): Finding {
  const text = (value: string) => oneLine(redact(withoutControls(cutForeign(value, maxFindingLength))));
  return {
    status,
    ...(code !== undefined && { code }),
    seen: text(seen),
    ...(fix !== undefined && { fix: text(fix) }),
  };
}

function keyOf(name: string, registry: string | undefined): string {
  return `${name} ${registry}`;
}
