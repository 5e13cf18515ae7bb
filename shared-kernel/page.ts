import { z } from 'zod';

const LIMIT = { error: 'must be a whole number from 1 to 100' };

/** Where a page begins, in a list of what has such ids. */
export const cursor = <Id extends z.ZodType>(id: Id) =>
  id.optional().describe('The `next` of the page before; left out: from the beginning.');

/** Which part of a list is wanted: `limit` items (1 to 100, usually 20) after the one that `after` names. */
export const PageRequest = z.strictObject({
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20).describe('How many, at most.'),
  after: cursor(z.uuid().toLowerCase()),
});
export type PageRequest = z.output<typeof PageRequest>;

/** Part of a list, and where the next part begins; null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A page from one item more than was wanted, which shows whether there is another page. */
export function pageOf<Item>(found: readonly Item[], limit: number, cursorOf: (item: Item) => string): Page<Item> {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? cursorOf(items.at(-1)!) : null };
}
