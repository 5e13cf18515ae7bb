import { z } from 'zod';

export const MOST_PIECES = 1_000_000;

/** Pieces: a whole number, 1 to 1,000,000. */
export const Quantity = z.int().min(1).max(MOST_PIECES);
