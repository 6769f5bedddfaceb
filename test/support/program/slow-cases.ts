const waiting: (() => unknown)[] = [];

/**
 * A case that mainly waits for many seconds. All such cases start with the first test of test/integration and run
 * concurrently, so that together they take no longer than the longest one.
 *
 * @returns its result; it starts the case if it has not started yet
 */
export function slowCase<Outcome>(act: () => Promise<Outcome>): () => Promise<Outcome> {
  let outcome: Promise<Outcome> | undefined;
  const begin = (): Promise<Outcome> => {
    outcome ??= act();
    // No test may be waiting for it yet.
    outcome.catch(() => {});
    return outcome;
  };
  waiting.push(begin);
  return begin;
}

/** Starts the cases that have not started yet. */
export function beginSlowCases(): void {
  for (const begin of waiting.splice(0)) begin();
}
