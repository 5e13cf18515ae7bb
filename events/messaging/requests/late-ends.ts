import type { CallEnd, PendingRequest } from './request-storage.ts';

/** What a store knows of how a request went. */
interface Attempted {
  readonly attempts: number;
  readonly recordings: number;
  readonly end: CallEnd | null;
}

/** Nobody has leased it since. Whoever keeps how a call ended begins the first recording by it, without a lease of its own. */
export const isInTheSameAttempt = (
  { attempts, recordings }: Attempted,
  { attempt, kept: held }: Pick<PendingRequest, 'attempt' | 'kept'>,
): boolean => attempts === attempt && Math.max(recordings, 1) === (held?.recording ?? 1);

export const isAnswered = ({ end }: Pick<Attempted, 'end'>): boolean => end !== null && 'answer' in end;

/** An answer that is kept stays, whatever others heard later; and it is kept, whoever has leased the request since. */
export const keptEnd = (row: Attempted, request: PendingRequest, end: CallEnd): Partial<Attempted> =>
  'answer' in end || isInTheSameAttempt(row, request)
    ? { end: isAnswered(row) ? row.end : end, recordings: Math.max(row.recordings, 1) }
    : {};
