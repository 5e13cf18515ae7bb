/** For what must end one way or the other: it is tried, with growing pauses, until there is an answer. */
export const UNTIL_ANSWERED = {
  attempts: Number.POSITIVE_INFINITY,
  giveUp: async (): Promise<void> => undefined,
};
