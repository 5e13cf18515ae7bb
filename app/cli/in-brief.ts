const LONGEST = 80;

/** As much of an error as a column of a table has room for. */
export const inBrief = (error: string | null): string => (error?.split('\n')[0] ?? '').slice(0, LONGEST);
