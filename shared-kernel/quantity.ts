import { z } from 'zod';

/** Pieces: a whole number, 1 to 1,000,000. */
export const Quantity = z.int().min(1).max(1_000_000);
