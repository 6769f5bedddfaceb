import { type FailingJob, failureOfJob } from "../refresher/renewal-failure.ts";
import { readableDuration } from "../terminal/words.ts";

/** Milliseconds between two reminders of one failure. */
const reminder = 3_600_000;

/** More reminders than this at one time are counted in a line. */
const mostReminders = 5;

interface Reported {
  readonly since: number;
  readonly host: string;
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

  constructor(private readonly log: (level: "error" | "info", line: string) => void) {}

  /**
   * @param failing all of them
   * @param now milliseconds since the epoch
   */
  update(failing: readonly FailingJob[], now: number): void {
    const before = this.#reported;
    const reported = new Map<string, Reported>();
    const reminders: string[] = [];
    for (const one of failing) {
      const { job, note, since, token } = one;
      const former = before.get(job.key);
      const isExpired = token !== undefined && token.expiresAt <= now;
      const isNews = !former || isOther(former, note.code, isExpired, now);
      const isLater = !isNews && now - former.at >= reminder;
      const at = isNews || isLater ? now : former.at;
      const codes = new Set(former?.codes).add(note.code);
      const host = job.askThrough.host;
      reported.set(job.key, { since: former?.since ?? since, host, codes, code: note.code, isExpired, at });
      const line = failureOfJob(one, now).oneLine;
      if (isNews) this.log("error", line);
      else if (isLater) reminders.push(line);
    }
    this.#reported = reported;
    this.remind(reminders);
    for (const [key, { host, since, code }] of before) {
      if (reported.has(key)) continue;
      this.log(
        "info",
        `over: ${host} is no longer failing, after ${readableDuration(now - since)} [${code}]`,
      );
    }
  }

  private remind(lines: readonly string[]): void {
    if (lines.length <= mostReminders) {
      for (const line of lines) this.log("error", line);
      return;
    }
    this.log("error", `${lines.length} tokens are still not renewed; the first: ${lines[0]}`);
  }
}

/** Whether there is news since the last line; a clock that was set back must not silence the log. */
function isOther({ codes, isExpired, at }: Reported, code: string, isOver: boolean, now: number): boolean {
  return !codes.has(code) || (isOver && !isExpired) || at > now;
}
