import { z } from 'zod';
import { type Decimal, decimal } from './decimal.ts';

const SCALE = 4;

/** A share of the price that is not asked for: a decimal string from 0 to below 1, of at most four places ("0.15"). */
export const DiscountRate = z.string().regex(/^0(\.\d{1,4})?$/, {
  error: 'must be a decimal from 0 to below 1, of at most four places, as a string: "0.15"',
});

/** The whole price is asked for. */
export const NO_DISCOUNT = '0';

/** The share of the price that is asked for, exactly. */
export const paidShare = (discount: string): Decimal => {
  const [, fraction = ''] = discount.split('.');
  return decimal(10n ** BigInt(SCALE) - BigInt(fraction.padEnd(SCALE, '0')), SCALE);
};
