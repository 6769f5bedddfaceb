import type { Job } from "../refresher/job.ts";
import { type FailingJob, failureOfJob } from "../refresher/renewal-failure.ts";
import { readableDuration } from "../terminal/words.ts";
import type { LogDetails, LogEvent, Reporter } from "./log.ts";

/** Milliseconds between two reminders of one failure. */
const reminder = 3_600_000;

/** More reminders than this at one time are replaced by one line with their number. */
const mostReminders = 5;

interface Reported {
  readonly since: number;
  readonly job: Job;
  readonly codes: ReadonlySet<string>;
  /** The code reported last. */
  readonly code: string;
  readonly isExpired: boolean;
  /** When the last line was written. */
  readonly at: number;
}

/**
 * Logs renewals that fail: a line when the failures begin, one for each new error code, one when the token expires, one
 * an hour, and a short one when a token is renewed again.
 */
export class RenewalLog {
  #reported = new Map<string, Reported>();

  constructor(private readonly log: Reporter) {}

  /**
   * @param failing all failing jobs
   * @param now milliseconds since the epoch
   */
  update(failing: readonly FailingJob[], now: number): void {
    const before = this.#reported;
    const reported = new Map<string, Reported>();
    const reminders: Reminder[] = [];
    for (const one of failing) {
      const { job, note, since, token } = one;
      const previous = before.get(job.key);
      const isExpired = token !== undefined && token.expiresAt <= now;
      const isNew = !previous || hasNews(previous, note.code, isExpired, now);
      const isReminder = !isNew && now - previous.at >= reminder;
      const at = isNew || isReminder ? now : previous.at;
      const codes = new Set(previous?.codes).add(note.code);
      reported.set(job.key, { since: previous?.since ?? since, job, codes, code: note.code, isExpired, at });
      const line = failureOfJob(one, now).oneLine;
      const event = isExpired && !previous?.isExpired ? "token_expired" : "renewal_failing";
      if (isNew) this.log("error", line, detailsOf(event, job));
      else if (isReminder) reminders.push({ line, job });
    }
    this.#reported = reported;
    this.remind(reminders);
    for (const [key, { job, since, code }] of before) {
      if (reported.has(key)) continue;
      const after = readableDuration(now - since);
      const line = `resolved: ${job.endpointRegistry.host} is no longer failing, after ${after} [${code}]`;
      this.log("info", line, detailsOf("renewal_recovered", job));
    }
  }

  private remind(reminders: readonly Reminder[]): void {
    const [first] = reminders;
    if (first && reminders.length > mostReminders) {
      const line = `${reminders.length} tokens are still not renewed; the first: ${first.line}`;
      this.log("error", line, detailsOf("renewal_failing", first.job));
      return;
    }
    for (const { line, job } of reminders) this.log("error", line, detailsOf("renewal_failing", job));
  }
}

interface Reminder {
  readonly line: string;
  readonly job: Job;
}

/** The fields for a job: of the registries that share the token, it names the one whose endpoint is called. */
export function detailsOf(event: LogEvent, { endpointRegistry, region, identity }: Job): LogDetails {
  return { event, registry: endpointRegistry.host, region, identity };
}

/** Whether there is something new since the last line, or the clock was set back to before it. */
function hasNews({ codes, isExpired, at }: Reported, code: string, isOver: boolean, now: number): boolean {
  return !codes.has(code) || (isOver && !isExpired) || at > now;
}
