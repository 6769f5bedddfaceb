/** The result of `work`. @throws the error that `timeout` returns as soon as the signal is aborted, even if `work` never ends */
export async function within<Result>(
  signal: AbortSignal,
  work: Promise<Result>,
  timeout: () => Error,
): Promise<Result> {
  const end = Promise.withResolvers<never>();
  const abort = () => end.reject(timeout());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  // The one that settles second must not count as an unhandled rejection.
  work.catch(() => {});
  end.promise.catch(() => {});
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Calls `run` for each item, in order, at most `atOnce` at a time. `run` must not reject. */
export async function forEachConcurrent<Item>(
  items: readonly Item[],
  limit: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
