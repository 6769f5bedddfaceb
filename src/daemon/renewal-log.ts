import type { Job } from "../refresher/job.ts";
import { type FailingJob, failureOfJob } from "../refresher/renewal-failure.ts";
import { readableDuration } from "../terminal/words.ts";
import type { LogDetails, LogEvent, Reporter } from "./log.ts";

/** Milliseconds between two reminders of one failure. */
const reminder = 3_600_000;

/** More reminders than this at one time are counted in a line. */
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
 * Logs renewals that fail: a line when that begins, one for each other reason, one when the token expires, one an hour,
 * and a short one when a token is renewed again.
 */
export class RenewalLog {
  #reported = new Map<string, Reported>();

  constructor(private readonly log: Reporter) {}

  /**
   * @param failing all of them
   * @param now milliseconds since the epoch
   */
  update(failing: readonly FailingJob[], now: number): void {
    const before = this.#reported;
    const reported = new Map<string, Reported>();
    const reminders: Reminder[] = [];
    for (const one of failing) {
      const { job, note, since, token } = one;
      const former = before.get(job.key);
      const isExpired = token !== undefined && token.expiresAt <= now;
      const isNews = !former || isOther(former, note.code, isExpired, now);
      const isLater = !isNews && now - former.at >= reminder;
      const at = isNews || isLater ? now : former.at;
      const codes = new Set(former?.codes).add(note.code);
      reported.set(job.key, { since: former?.since ?? since, job, codes, code: note.code, isExpired, at });
      const line = failureOfJob(one, now).oneLine;
      const event = isExpired && !former?.isExpired ? "token_expired" : "renewal_failing";
      if (isNews) this.log("error", line, detailsOf(event, job));
      else if (isLater) reminders.push({ line, job });
    }
    this.#reported = reported;
    this.remind(reminders);
    for (const [key, { job, since, code }] of before) {
      if (reported.has(key)) continue;
      const after = readableDuration(now - since);
      const line = `over: ${job.askThrough.host} is no longer failing, after ${after} [${code}]`;
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

/** The registry whose endpoint is called stands for all that share the token. */
export function detailsOf(event: LogEvent, { askThrough, region, identity }: Job): LogDetails {
  return { event, registry: askThrough.host, region, identity };
}

/** Whether there is news since the last line; a clock that was set back must not silence the log. */
function isOther({ codes, isExpired, at }: Reported, code: string, isOver: boolean, now: number): boolean {
  return !codes.has(code) || (isOver && !isExpired) || at > now;
}
