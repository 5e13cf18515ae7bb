import { z } from 'zod';

/** The most pieces that one line of anything may be about. */
export const MOST_PIECES = 1_000_000;

/** Pieces: a whole number, 1 to 1,000,000. */
export const Quantity = z.int().min(1).max(MOST_PIECES);
