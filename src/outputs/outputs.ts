import type { Config } from "../config/config.ts";
import { within } from "../limits/concurrency.ts";
import type { ManagedRegistries } from "../managed/registries.ts";
import { outputPaths, readOutputRecord, recordOutputFailure } from "../store/state/output-records.ts";
import type { StoredTokens } from "../store/tokens/token-store.ts";
import { Failure } from "../token/failure.ts";
import { removeFromOutput, updateOutput } from "./output.ts";
import { outputTokens } from "./tokens.ts";

/** The result for the files that config.yaml lists under `outputs`. */
export interface OutputsReport {
  /** One for each file that could not be updated. */
  readonly failures: readonly Failure[];
  /** When the first token in the files expires, in milliseconds since the epoch; absent: there is no token. */
  readonly wakeAt?: number;
}

/** Milliseconds for one file: a disk that hangs must delay neither the other files nor renewals. */
const timeLimit = 10_000;

/**
 * Writes the tokens of all managed registries to each output, and removes them from files that the config no longer
 * lists. A file that is up to date is not touched.
 *
 * @param managed the managed registries of that config
 */
export async function updateOutputs(
  state: string,
  stored: StoredTokens,
  managed: ManagedRegistries,
  config: Config,
): Promise<OutputsReport> {
  const named = new Set(config.outputs.map(({ dockerConfig }) => dockerConfig));
  // A config that can't be read may list them.
  const known = config.notRead ? [] : await outputPaths(state);
  const expiries: number[] = [];
  const tokens = async () => {
    const current = await outputTokens(stored, managed, config);
    expiries.push(current.firstEndsAt);
    return current;
  };
  const outcomes = [...new Set([...named, ...known])].map(async (path) => {
    const work = named.has(path)
      ? updateOutput(path, tokens, state, stored.files)
      : removeFromOutput(path, state);
    const failure = await failureOf(within(AbortSignal.timeout(timeLimit), work, () => timeoutFailure(path)));
    await recordFailure(state, path, failure);
    return failure;
  });
  const failures = (await Promise.all(outcomes)).filter((failure) => failure !== undefined);
  const wakeAt = Math.min(...expiries);
  return { failures, ...(wakeAt < Infinity && { wakeAt }) };
}

/** The files that contain tokens of this program. */
export async function outputsWithTokens(state: string): Promise<readonly string[]> {
  const paths = await outputPaths(state);
  const records = await Promise.all(paths.map((path) => readOutputRecord(state, path)));
  return records
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ path }) => path)
    .sort();
}

/** Removes the tokens from those files. */
export async function removeFromOutputs(
  state: string,
): Promise<readonly { readonly path: string; readonly failure?: Failure }[]> {
  const paths = await outputsWithTokens(state);
  return await Promise.all(
    paths.map(async (path) => {
      const work = within(AbortSignal.timeout(timeLimit), removeFromOutput(path, state), () =>
        timeoutFailure(path),
      );
      const failure = await failureOf(work);
      return failure ? { path, failure } : { path };
    }),
  );
}

async function failureOf(work: Promise<void>): Promise<Failure | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Records the failure for `status`. If it can't be written, the failure is still reported by the caller. */
async function recordFailure(state: string, path: string, failure: Failure | undefined): Promise<void> {
  const note = failure && { code: failure.code, what: failure.message, fix: failure.fix };
  await recordOutputFailure(state, path, note).catch(() => undefined);
}

function timeoutFailure(path: string): Failure {
  const what = `output ${path} was not written within ${timeLimit / 1000} s`;
  return new Failure("OUTPUT_TIMEOUT", what, "see whether its disk hangs");
}
