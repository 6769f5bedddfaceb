import type { QuickFiles } from "../store/quick-files.ts";
import { fingerprint } from "../token/dependencies.ts";
import type { AskedRegistration } from "./asking.ts";

/** Changes with whatever might mend a failure: AWS files, sign-ins, config. See `Job.conditions`. */
export function conditionsOf({ dependencies, mendedBy }: AskedRegistration, files: QuickFiles): string {
  return fingerprint([dependencies, mendedBy.map((path) => files.stamp(path))]).slice(0, 16);
}
