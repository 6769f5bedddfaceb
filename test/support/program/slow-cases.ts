const waiting: (() => unknown)[] = [];

/**
 * A case that does little but wait for many seconds. All such cases begin with the first test of test/integration
 * and go on beside the others, so that together they take no longer than the longest of them.
 *
 * @returns its outcome; it begins at once if it has not yet
 */
export function slowCase<Outcome>(act: () => Promise<Outcome>): () => Promise<Outcome> {
  let outcome: Promise<Outcome> | undefined;
  const begin = (): Promise<Outcome> => {
    outcome ??= act();
    // Nobody may wait for it yet.
    outcome.catch(() => {});
    return outcome;
  };
  waiting.push(begin);
  return begin;
}

/** Begins those that have not yet. */
export function beginSlowCases(): void {
  for (const begin of waiting.splice(0)) begin();
}
