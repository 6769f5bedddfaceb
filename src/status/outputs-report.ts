import type { Config } from "../config/config.ts";
import { outputPaths, readOutputFailure, readOutputRecord } from "../store/state/output-records.ts";
import { plural } from "../terminal/words.ts";
import { Failure, type FailureNote } from "../token/failure.ts";

/** A file under `outputs` as the last attempt left it. */
export interface OutputState {
  readonly dockerConfig: string;
  /** Whether config.yaml names it still; where not, its tokens could not be taken out yet. */
  readonly named: boolean;
  /** How many hosts have a token in it. */
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

/** For a person. */
export function outputLine({ dockerConfig, named, registries, lastError }: OutputState): string {
  const name = `output ${dockerConfig}`;
  const held = `${name}: tokens for ${plural(registries, "host")}`;
  if (lastError) return `${held}; ${withoutStart(Failure.from(lastError).oneLine, name)}`;
  return named ? held : `${held}, to be taken out by the daemon's next pass`;
}

/** An error begins with what the line begins with. */
function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length).replace(/^:? /, "") : text;
}
