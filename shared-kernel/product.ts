import { z } from 'zod';

/** The number a product is known by outside: `BK-R93R-62`. */
export const Sku = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, dots, dashes or underscores',
});

/** Which rate of tax a product is sold under. */
export const TaxClass = z.enum(['standard', 'reduced', 'exempt']);
export type TaxClass = z.output<typeof TaxClass>;
