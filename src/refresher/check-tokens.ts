import { forEachConcurrent, within } from "../limits/concurrency.ts";
import { afterCheck, dueChecks } from "./check-schedule.ts";
import type { StoredAuthorizations } from "./due.ts";
import { timeoutFailure } from "./failures.ts";
import type { Job } from "./job.ts";
import { ageOf } from "./pause.ts";
import type { RefreshPorts } from "./ports.ts";
import type { GroupState, RefresherState } from "./state.ts";
import { withGroups } from "./sync-groups.ts";
import type { Timing } from "./timing.ts";

/**
 * Checks the tokens that are due for it at their registries. Never rejects.
 *
 * @returns the state in which refused tokens are due for renewal, and their jobs
 */
export async function checkTokens(
  ports: RefreshPorts,
  jobs: readonly Job[],
  held: StoredAuthorizations,
  state: RefresherState,
  stop: AbortSignal,
  timing: Timing,
): Promise<{ readonly state: RefresherState; readonly refused: readonly Job[] }> {
  const refused: Job[] = [];
  const changed = new Map<string, GroupState>();
  const due = dueChecks(jobs, held, state, ports.clock());
  await forEachConcurrent(due, timing.concurrency, async (job) => {
    const entry = held.get(job.key);
    const group = state.groups[job.key];
    if (!entry || !group?.issue || stop.aborted) return;
    const signal = AbortSignal.any([stop, ports.deadline(timing.check.callLimit)]);
    const late = () => timeoutFailure("the registry did not answer in time");
    const verdict = await within(signal, ports.check(job, entry, signal), late).catch(
      () => "unknown" as const,
    );
    if (stop.aborted) return;
    if (verdict === "refused") refused.push(job);
    const clock = ports.clock();
    const issue = afterCheck(group.issue, verdict, ageOf(entry.life, clock), clock.now, timing);
    changed.set(job.key, { ...group, issue });
  });
  return { state: withGroups(state, changed), refused };
}
