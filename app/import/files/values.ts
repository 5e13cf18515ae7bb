import { z } from 'zod';
import { DiscountRate } from '#shared-kernel/discount';
import { Currency } from '#shared-kernel/currency';
import { parseAmount } from '#shared-kernel/money';
import { Quantity } from '#shared-kernel/quantity';

/** What the files' fields hold, as text, and what it stands for. Every rule is worded for whoever has to mend a file. */

const USD = Currency.parse('USD');

/** The number of a record. */
export const Key = z.string().regex(/^[1-9]\d{0,17}$/, { error: 'must be a whole number from 1' });

/** A field that may be empty. */
export const blankOr = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? null : value), schema.nullable());

/** `2024.994`, `.0000`: US dollars, not negative, of at most four places. */
export const Dollars = z
  .string()
  .regex(/^(?=\.?\d)(0|[1-9]\d{0,10})?(\.\d{1,4})?$/, {
    error: 'must be an amount that is not negative, of at most four decimals, such as 2024.994',
  })
  .transform((text) => ({ amount: parseAmount(text), currency: USD }));

/** `0`, `0.02`, `.15`. */
export const Discount = z
  .string()
  .transform((text) => (text.startsWith('.') ? `0${text}` : text))
  .pipe(DiscountRate);

const toNumber = z
  .string()
  .regex(/^\d{1,9}(\.0*)?$/, { error: 'must be a whole number' })
  .transform(Number);

/** `4`, `4.00`: pieces, at least one. */
export const Pieces = toNumber.pipe(Quantity);

export const wholeNumber = (from: number, to: number) =>
  toNumber.pipe(z.int().min(from, `must be ${from} to ${to}`).max(to, `must be ${from} to ${to}`));

/** A yes or no, as the file writes it. */
export const flag = (yes: string, no: string) =>
  z.enum([yes, no], { error: `must be ${yes} or ${no}` }).transform((value) => value === yes);

const MOMENT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)$/;

/** `2011-05-31 00:00:00`: no zone is given, so UTC. */
export const Moment = z.string().transform((text, context) => {
  const [, day, time] = MOMENT.exec(text) ?? [];
  const moment = new Date(`${day}T${time}Z`);
  if (!Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day!)) return moment;
  context.addIssue({ code: 'custom', message: 'must be a day and a time such as 2011-05-31 00:00:00' });
  return z.NEVER;
});
