import { z } from 'zod';

const MOST = 200;

/** Marks what must never be shown, logged or digested. */
const SECRET = { format: 'password', writeOnly: true };

/** A password that may be chosen: 12 to 200 characters, of any kind. */
export const NewPassword = z
  .string()
  .min(12)
  .max(MOST)
  .refine((password) => password.isWellFormed(), { error: 'must not contain a lone surrogate' })
  .meta(SECRET);

/** A password as somebody typed it, right or wrong. */
export const TypedPassword = z.string().max(MOST).meta(SECRET);
