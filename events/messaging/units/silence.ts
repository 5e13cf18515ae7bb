/** Whoever is silent for longer within a transaction has stopped in the middle of it, and is ended; milliseconds. */
export const LONGEST_SILENCE = 5_000;

/** Longest that work of others may take within a transaction, milliseconds: less, or its connection is blamed. */
export const LONGEST_WORK = 4_000;
