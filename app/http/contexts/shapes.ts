import { z } from 'zod';

/** `{ "id": "…" }`: the answer of an operation that made something. */
export const Made = z.object({ id: z.uuid() });

export const made = (id: string) => ({ id });

/** One page of a list; `next` is the `after` of the page that follows, null at the end. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item).readonly(), next: z.string().nullable() });

/** The answer of an operation that is decided later. */
export const Accepted = z.object({});

export const accepted = () => ({});
