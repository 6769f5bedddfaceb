import type { Config } from "./config.ts";
import type { ConfigPlace } from "./folders.ts";
import { readConfig } from "./read.ts";

/** A config and the stamp that its file had just before it was read. */
export interface StampedConfig {
  readonly config: Config;
  readonly stamp: string;
}

/**
 * The current config.
 *
 * @param stampOf returns the stamp of a file; see store/
 * @param known is returned if the file still has its stamp
 * @throws Failure as `readConfig`
 */
export async function readStamped(
  place: ConfigPlace,
  stampOf: (path: string) => string,
  known?: StampedConfig,
): Promise<StampedConfig> {
  // The stamp first, so that an edit in between is detected.
  const stamp = stampOf(place.configFile);
  return known?.stamp === stamp ? known : { config: await readConfig(place), stamp };
}
