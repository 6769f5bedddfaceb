import type { ShownToken } from "./tokens.ts";

/** How a registry is, the worst first. failing: its token is good, and the last attempt to renew it failed. */
export const conditions = ["none", "expiring", "failing", "well"] as const;
export type Condition = (typeof conditions)[number];

export function conditionOf({ isFresh, secondsLeft, lastError }: ShownToken): Condition {
  if (isFresh) return lastError === undefined ? "well" : "failing";
  return secondsLeft > 0 ? "expiring" : "none";
}

/** What needs somebody first: by condition, then by the time left, then as they came. */
export function byAttention(tokens: readonly ShownToken[]): readonly ShownToken[] {
  const rank = (token: ShownToken) => conditions.indexOf(conditionOf(token));
  return tokens.toSorted((a, b) => rank(a) - rank(b) || a.secondsLeft - b.secondsLeft);
}

const words: Readonly<Record<Condition, string>> = {
  none: "without a token",
  expiring: "expiring",
  failing: "not renewed when last tried",
  well: "well",
};

/** "1 without a token, 2 well" */
export function countOf(tokens: readonly ShownToken[]): string {
  const counts = new Map<Condition, number>();
  for (const token of tokens) {
    const condition = conditionOf(token);
    counts.set(condition, (counts.get(condition) ?? 0) + 1);
  }
  return conditions
    .filter((condition) => counts.has(condition))
    .map((condition) => `${counts.get(condition)} ${words[condition]}`)
    .join(", ");
}

/** What there is to tell of a registry besides its row. */
export function noteOf({ lastError, notRenewed }: ShownToken): string | undefined {
  return lastError ?? notRenewed;
}

/** The code at the end of an error or a note. */
export function codeOf(note: string): string | undefined {
  return /\[(\w+)\]$/.exec(note)?.[1];
}
