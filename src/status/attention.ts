import { renewalFailure } from "../refresher/renewal-failure.ts";
import { Failure, type FailureNote } from "../token/failure.ts";
import { isoTime } from "../token/iso-time.ts";
import type { ShownToken } from "./tokens.ts";

/**
 * The conditions of a registry, the worst first. refused: the registry refused the token before its expiry. failing: its
 * token is fresh, but the last attempt to renew it failed.
 */
export const conditions = ["expired", "none", "refused", "expiring", "failing", "ok"] as const;
export type Condition = (typeof conditions)[number];

export function conditionOf({
  isFresh,
  secondsLeft,
  lastError,
  expiresAt,
  refusedAt,
}: ShownToken): Condition {
  if (secondsLeft > 0 && refusedAt !== undefined) return "refused";
  if (isFresh) return lastError === undefined ? "ok" : "failing";
  if (secondsLeft > 0) return "expiring";
  return expiresAt === undefined ? "none" : "expired";
}

/** Sorted by condition, the worst first, then by the time left; otherwise in the given order. */
export function bySeverity(tokens: readonly ShownToken[]): readonly ShownToken[] {
  const rank = (token: ShownToken) => conditions.indexOf(conditionOf(token));
  return tokens.toSorted((a, b) => rank(a) - rank(b) || a.secondsLeft - b.secondsLeft);
}

const conditionWords: Readonly<Record<Condition, string>> = {
  expired: "expired",
  none: "without a token",
  refused: "refused by their registry",
  expiring: "expiring",
  failing: "valid but not renewed",
  ok: "OK",
};

/** "1 without a token, 2 OK" */
export function countOf(tokens: readonly ShownToken[]): string {
  const counts = new Map<Condition, number>();
  for (const token of tokens) {
    const condition = conditionOf(token);
    counts.set(condition, (counts.get(condition) ?? 0) + 1);
  }
  return conditions
    .filter((condition) => counts.has(condition))
    .map((condition) => `${counts.get(condition)} ${conditionWords[condition]}`)
    .join(", ");
}

const spreadNote =
  "the daemon has just started and spreads its first requests (--splay); a get requests the token at once";

/** The line below a registry's row, if there is anything to report. @param now milliseconds since the epoch */
export function noteOf(token: ShownToken, now: number): string | undefined {
  const { lastError, notRenewed, failingSince, expiresAt, lastRenewedAt, login, refusedAt } = token;
  if (!lastError && refusedAt !== undefined && !login) return refusedNote(refusedAt, notRenewed);
  if (!lastError) {
    const spread = token.isSpread && !token.isFresh ? spreadNote : undefined;
    return login?.note ?? (notRenewed ? Failure.from(notRenewed).oneLine : spread);
  }
  if (lastError.isGet) {
    const { oneLine } = Failure.from(lastError);
    return token.secondsLeft > 0 && !login ? `a get failed at ${isoTime(lastError.at)}: ${oneLine}` : oneLine;
  }
  const times = expiresAt === undefined ? undefined : timesOf({ expiresAt, lastRenewedAt, refusedAt });
  return renewalFailure(lastError, failingSince, times, now).oneLine;
}

function timesOf({
  expiresAt,
  lastRenewedAt = 0,
  refusedAt,
}: { readonly expiresAt: number } & Partial<ShownTimes>) {
  return { expiresAt, issuedAt: lastRenewedAt, ...(refusedAt !== undefined && { refusedAt }) };
}

interface ShownTimes {
  readonly lastRenewedAt: number | undefined;
  readonly refusedAt: number | undefined;
}

/** Without a failed attempt: the daemon renews the token in its next pass, or can't. */
function refusedNote(refusedAt: number, notRenewed: FailureNote | undefined): string {
  const refused = `its registry refused the token at ${isoTime(refusedAt)}`;
  return notRenewed ? `${refused}; ${Failure.from(notRenewed).oneLine}` : refused;
}
