/** What `work` brings, or what `late` makes of it once the signal is aborted: who never answers holds up nobody. */
export async function within<Result>(
  signal: AbortSignal,
  work: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  const end = Promise.withResolvers<never>();
  const abort = () => end.reject(late());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  // The one that comes second has nobody who waits for it.
  work.catch(() => {});
  end.promise.catch(() => {});
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Does `run` for each, in order, no more than `atOnce` at a time. `run` must not reject. */
export async function forEachConcurrent<Item>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
