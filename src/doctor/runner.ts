import { forEachConcurrent } from "../limits/concurrency.ts";
import { Failure } from "../token/failure.ts";
import { foreignError } from "../token/foreign-text.ts";
import { cutForeign, oneLine, withoutControls } from "../token/printable.ts";
import { redact } from "../token/redact.ts";
import type { CheckRun } from "./checks/check-run.ts";
import { type Diagnostic, usualLimit } from "./checks/diagnostic.ts";
import { type Finding, failed, failedBy, skipped } from "./checks/finding.ts";
import type { Machine } from "./checks/machine.ts";

/** A finding with its name. */
export interface Entry extends Finding {
  readonly name: string;
  /** The host that it is about; absent: the machine. */
  readonly registry?: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A diagnostic and what it is to look at. */
export interface Step {
  readonly diagnostic: Diagnostic;
  readonly registry?: string;
  look(signal: AbortSignal): Promise<Finding>;
}

/** Steps that are looked at one after another. */
export type Chapter = readonly Step[];

/**
 * What is looked at in which order: one registry's chain as it stands; of several, the machine once and then what
 * is of each.
 */
export function chaptersOf(
  chain: readonly Diagnostic[],
  machine: Machine,
  visits: readonly CheckRun[],
): Chapter[] {
  const ofMachine = chain.filter(({ scope }) => scope === "machine");
  const rest = chain.filter(({ scope }) => scope === "registry");
  const [only] = visits;
  if (only && visits.length === 1) return [chain.map((each) => step(each, machine, only))];
  const first = ofMachine.map((each) => step(each, machine, undefined));
  return [first, ...visits.map((checkRun) => rest.map((each) => step(each, machine, checkRun)))];
}

function step(diagnostic: Diagnostic, machine: Machine, checkRun: CheckRun | undefined): Step {
  if (diagnostic.scope === "machine") return { diagnostic, look: () => diagnostic.look(machine) };
  if (!checkRun) throw new Error(`${diagnostic.name} looks at a registry`);
  return { diagnostic, registry: checkRun.host, look: (signal) => diagnostic.look(checkRun, signal) };
}

/** Registries that are looked at at once: of many behind an API that hangs, each one waits. */
const atOnce = 16;

/**
 * Runs the first chapter, and after it the others side by side.
 *
 * @param told each entry in the order of the steps; of those side by side a chapter when it is over
 */
export async function runChapters(
  [first = [], ...rest]: readonly Chapter[],
  now: () => number,
  told: (entry: Entry) => void,
): Promise<Entry[]> {
  const broken = new Map<string, string>();
  const entries = await runSteps(first, now, told, broken);
  const ends = rest.map((steps) => ({ steps, ...Promise.withResolvers<Entry[]>() }));
  const all = forEachConcurrent(ends, atOnce, async ({ steps, resolve }) =>
    resolve(await runSteps(steps, now, () => {}, broken)),
  );
  for (const { promise } of ends) {
    for (const entry of await promise) {
      entries.push(entry);
      told(entry);
    }
  }
  await all;
  return entries;
}

/**
 * Runs the steps one after another. What needs a link that is broken is skipped, and so is what needs that; what
 * takes too long fails.
 *
 * @param now milliseconds of any clock
 * @param told each entry as soon as it is there
 * @param broken what is known to be: the first broken link by the key of what it breaks
 */
export async function runSteps(
  steps: readonly Step[],
  now: () => number,
  told: (entry: Entry) => void,
  broken = new Map<string, string>(),
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const each of steps) {
    const { diagnostic, registry } = each;
    const { name, needs = [] } = diagnostic;
    const cause = needs.map((need) => broken.get(need) ?? broken.get(keyOf(need, registry))).find(Boolean);
    const began = now();
    const finding = cause ? skipped(`${cause} failed`) : await lookAt(each);
    const entry = { name, ...(registry && { registry }), ...clean(finding), took: Math.round(now() - began) };
    if (cause ?? (finding.status === "failed" && !finding.blocksNothing && name)) {
      broken.set(diagnostic.scope === "machine" ? name : keyOf(name, registry), cause ?? name);
    }
    entries.push(entry);
    told(entry);
  }
  return entries;
}

/** Milliseconds in which a diagnostic whose time is over can say itself what it waited for. */
const grace = 500;

async function lookAt({ diagnostic, look }: Step): Promise<Finding> {
  const limit = diagnostic.limit ?? usualLimit;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate(diagnostic.name, limit)), limit + grace);
  try {
    return await Promise.race([look(AbortSignal.timeout(limit)), late.promise]);
  } catch (error) {
    if (error instanceof Failure) return failedBy(error);
    return failed("UNEXPECTED", foreignError(error), "run it again; if it stays, report this line as a bug");
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(name: string, limit: number): Failure {
  return new Failure(
    "DOCTOR_TIMEOUT",
    `${name} came to no end within ${limit / 1000} s`,
    "see whether the disk, the network or a program that is asked hangs",
  );
}

/** Characters of what a diagnostic found: lists of registries are long, and ours. */
const longestFinding = 16_384;

/** Foreign words end up in what was seen: no secret leaves here, and nothing that moves a terminal's cursor. */
function clean({ status, seen, fix, code }: Finding): Finding {
  const text = (value: string) => oneLine(redact(withoutControls(cutForeign(value, longestFinding))));
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
