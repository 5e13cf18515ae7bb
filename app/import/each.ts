/** Somebody asked the import to stop; what was begun is finished. */
export class Stopped extends Error {
  constructor() {
    super('the import was stopped');
    this.name = 'Stopped';
  }
}

/** Works on so many items at once, in their order. @throws {Stopped} and whatever the work throws first */
export async function each<Item>(
  items: Iterable<Item>,
  { atOnce, stop }: { readonly atOnce: number; readonly stop: AbortSignal },
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const queue = Iterator.from(items);
  const failed = new AbortController();
  const takeOver = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      if (stop.aborted) throw new Stopped();
      if (failed.signal.aborted) return;
      await work(next.value);
    }
  };
  const workers = Array.from({ length: atOnce }, () =>
    takeOver().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure) throw (failure as PromiseRejectedResult).reason;
}
