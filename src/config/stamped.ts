import type { Failure } from "../token/failure.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./read.ts";

/** A config and the stamp that its file had just before it was read. */
export interface StampedConfig {
  readonly config: Config;
  readonly stamp: string;
}

/**
 * The config as it is now.
 *
 * @param stampOf of a file, as the store has it
 * @param known is returned itself where the file has its stamp
 * @param report see `readConfig`
 * @throws Failure as `readConfig`
 */
export async function readStamped(
  path: string,
  stampOf: (path: string) => string,
  known?: StampedConfig,
  report?: (failure: Failure) => void,
): Promise<StampedConfig> {
  // The stamp first, so that an edit in between shows.
  const stamp = stampOf(path);
  return known?.stamp === stamp ? known : { config: await readConfig(path, report), stamp };
}
