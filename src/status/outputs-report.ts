import type { Config } from "../config/config.ts";
import { outputPaths, readOutputFailure, readOutputRecord } from "../store/state/output-records.ts";
import { plural } from "../terminal/words.ts";
import { Failure, type FailureNote } from "../token/failure.ts";

/** The state of a file under `outputs` after the last update. */
export interface OutputState {
  readonly dockerConfig: string;
  /** Whether config.yaml still names it. If not, its tokens have not been removed yet. */
  readonly named: boolean;
  /** The number of hosts with a token in it. */
  readonly registries: number;
  readonly lastError?: FailureNote;
}

export async function outputStates(state: string, { outputs }: Config): Promise<readonly OutputState[]> {
  const named = new Set(outputs.map(({ dockerConfig }) => dockerConfig));
  const paths = new Set([...named, ...(await outputPaths(state))]);
  return Promise.all(
    [...paths].map(async (path) => {
      const { hosts } = await readOutputRecord(state, path);
      const lastError = await readOutputFailure(state, path);
      const found = { dockerConfig: path, named: named.has(path), registries: hosts.length };
      return { ...found, ...(lastError && { lastError }) };
    }),
  );
}

/** For users. */
export function outputLine({ dockerConfig, named, registries, lastError }: OutputState): string {
  const name = `output ${dockerConfig}`;
  const text = `${name}: tokens for ${plural(registries, "host")}`;
  if (lastError) return `${text}; ${withoutStart(Failure.from(lastError).oneLine, name)}`;
  return named ? text : `${text}, which the daemon's next pass removes`;
}

/** Removes the start of an error that repeats the start of the line. */
function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length).replace(/^:? /, "") : text;
}
