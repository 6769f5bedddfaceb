import type { StatusReport } from "../../../src/status/report.ts";
import type { LastError, ShownToken } from "../../../src/status/tokens.ts";

export const now = 1_795_252_000_000;

/** A registry with a fresh token at half of its lifetime. */
export function shownToken(more: Partial<ShownToken> = {}): ShownToken {
  return {
    registry: "111122223333.dkr.ecr.us-east-1.amazonaws.com",
    account: "111122223333",
    region: "us-east-1",
    identity: "ci (profile ci)",
    origin: "configured",
    secondsLeft: 21_600,
    lifeSeconds: 43_200,
    expiresAt: now + 21_600_000,
    isFresh: true,
    ...more,
  };
}

/** A report without problems. */
export function statusReport(
  registries: readonly ShownToken[],
  more: Partial<StatusReport> = {},
): StatusReport {
  const empty = { renewals: [], replication: [], outputs: [], secrets: [], unused: [], waiting: [] };
  return {
    program: "0",
    at: now,
    ok: true,
    strictlyOk: true,
    daemon: { running: false, expected: false, outdated: false },
    registries,
    ...empty,
    ...more,
  };
}

/** The error of the last attempt. @param text "what [CODE]" */
export function lastError(text: string): LastError {
  const [, what = text, code = "CODE"] = /^(.*) \[(\w+)\]$/s.exec(text) ?? [];
  return { code, what, fix: "fix it", at: now - 60_000 };
}
