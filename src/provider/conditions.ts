import type { QuickFiles } from "../store/files/fast-files.ts";
import { fingerprint } from "../token/dependencies.ts";
import type { AskedRegistration } from "./token-provider.ts";

/** Changes with what may end a failure: AWS files, sign-ins, config. See `Job.conditions`. */
export function conditionsOf(
  { dependencies, retryWhenChanged }: AskedRegistration,
  files: QuickFiles,
): string {
  return fingerprint([dependencies, retryWhenChanged.map((path) => files.stamp(path))]).slice(0, 16);
}
