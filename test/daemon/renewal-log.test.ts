import assert from "node:assert/strict";
import { RenewalLog } from "../../src/daemon/renewal-log.ts";
import type { FailingJob } from "../../src/refresher/renewal-failure.ts";
import { jobOf } from "../refresher/support.ts";
import { hour, minute } from "../support/fakes/clock.ts";

const start = Date.parse("2026-11-27T10:00:00Z");
const what =
  "no ECR token for 111122223333.dkr.ecr.us-east-1.amazonaws.com (identity: profile ci): access denied";

describe("RenewalLog", () => {
  const lines: string[] = [];
  const log = () => new RenewalLog((level, line) => lines.push(`${level} ${line}`));
  const failing = (key: string, more: Partial<FailingJob> & { code?: string } = {}): FailingJob => ({
    job: jobOf(key),
    note: { code: more.code ?? "ACCESS_DENIED", what, fix: "allow it" },
    since: start,
    at: start,
    retryAt: start + hour,
    token: { issuedAt: start - 6 * hour, expiresAt: start + 5.5 * hour },
    ...more,
  });

  beforeEach(() => void lines.splice(0));

  it("of eight hours of refusals has a line at the start, at the expiry and each hour, and a short line at the end", () => {
    const renewals = log();
    for (let at = 0; at <= 8 * hour; at += minute) renewals.update([failing("a")], start + at);
    const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
    const valid = `error ${host}: not renewed since 2026-11-27T10:00:00Z, valid until 2026-11-27T15:30:00Z (identity: profile ci): access denied. Fix: allow it. [ACCESS_DENIED]`;
    const expired = `error ${host}: expired at 2026-11-27T15:30:00Z, not renewed since 2026-11-27T10:00:00Z (identity: profile ci): access denied. Fix: allow it. [ACCESS_DENIED]`;
    assert.deepEqual(lines.splice(0), [...Array(6).fill(valid), ...Array(3).fill(expired)]);
    renewals.update([], start + 8 * hour + 3 * minute);
    assert.deepEqual(lines, [`info resolved: ${host} is no longer failing, after 8h 3m [ACCESS_DENIED]`]);
  });

  it("logs another reason once, however often the two alternate", () => {
    const renewals = log();
    for (let at = 0; at < 50; at++) {
      renewals.update([failing("a", { code: at % 2 ? "TIMEOUT" : "THROTTLED" })], start + at * minute);
    }
    assert.deepEqual(
      lines.map((line) => /\[(\w+)\]$/.exec(line)?.[1]),
      ["THROTTLED", "TIMEOUT"],
    );
  });

  it("replaces reminders of many tokens by one line with their number", () => {
    const renewals = log();
    const many = Array.from({ length: 300 }, (_, at) => failing(`${at}`));
    renewals.update(many, start);
    assert.equal(lines.splice(0).length, 300);
    renewals.update(many, start + hour);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^error 300 tokens are still not renewed; the first: .*\[ACCESS_DENIED\]$/);
  });

  it("logs a failure without a token unchanged, and continues if the clock is set back", () => {
    const renewals = log();
    const { token, ...without } = failing("a");
    renewals.update([without], start);
    assert.deepEqual(lines.splice(0), [`error ${what}. Fix: allow it. [ACCESS_DENIED]`]);
    renewals.update([without], start - 24 * hour);
    renewals.update([without], start - 23 * hour);
    assert.equal(lines.length, 2);
  });
});
