/** What keeps the promises, each of which a run can do without: then some promise must be seen to break. */
export const GUARDS = {
  appendersAreAwaited: 'a gap is passed only when the appenders seen at it are gone',
  endIsSeenFirst: 'the end of the log is noted before its appenders are looked for',
  positionsAreDrawnUnderLock: 'an appender locks the log before it draws a position',
  predecessorIsProven: 'a ledger row begins where the newest one ends',
  ledgerKeyIsUnique: 'two ledger rows of a lane never begin at the same position',
  rowsDecide: 'where a lane stands is read in the batch, not remembered',
  effectsShareTheCommit: 'effects and position are one transaction',
  trialsAreRecorded: 'the start of a lone event is recorded before it is handled',
  survivedTrialsAreForgiven: 'a start is taken back by whoever lives to see the end',
  blockedKeysAreRead: 'which keys are blocked is read in the batch, not remembered',
  onlyHeadsAreTried: 'of a parked key only the oldest event is tried',
  retriesHoldTheirRow: 'who tries a parked event holds its row',
  attemptsAreGivenBack: 'an attempt that failed through no fault of the event is given back',
  attemptsAreSpentFirst: 'an attempt is spent before the event is tried',
  outagesAreRecognised: 'a lost connection is told from a failing handler',
  answersAreKeptOnce: 'an answer is kept only while its request is pending',
  requestsOfAKeyWait: 'of a key only the oldest unanswered request is performed',
  dueFactsAreHeld: 'who publishes a due fact holds its row',
  dueTimesAreKept: 'a fact is published when its time has come',
  keysAreUnique: 'two results are never recorded under one key',
  commandsAreRemembered: 'the result of a command is kept under its key',
  silentSessionsEnd: 'a session that holds something without a word is ended',
} as const;

export type Guard = keyof typeof GUARDS;

/** Which guard, if any, is taken away. */
export type Guards = (guard: Guard) => boolean;

export const without =
  (missing: Guard | undefined): Guards =>
  (guard) =>
    guard !== missing;
