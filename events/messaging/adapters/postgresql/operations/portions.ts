import type { Onlooker } from './onlooker.ts';

/** What an operation goes through piece by piece, so that none takes long, and it can be cut short between two. */
export interface Portion {
  readonly size: number;
  /** Acts on it in one transaction; on how many of it. */
  act(): Promise<number>;
}

const AT_ONCE = 500;

export const portionsOf = <Item>(items: readonly Item[], act: (items: readonly Item[]) => Promise<number>): Portion[] =>
  Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, at) => {
    const portion = items.slice(at * AT_ONCE, (at + 1) * AT_ONCE);
    return { size: portion.length, act: () => act(portion) };
  });

/** One after the other, until the signal is aborted. Returns on how many it acted. */
export async function actInPortions(
  portions: readonly Portion[],
  { progress, signal }: Onlooker = {},
): Promise<number> {
  const all = portions.reduce((sum, { size }) => sum + size, 0);
  let [seen, done] = [0, 0];
  for (const portion of portions) {
    if (signal?.aborted) break;
    done += await portion.act();
    seen += portion.size;
    progress?.(seen, all);
  }
  return done;
}
