/** Whoever waits for an operation that may take long. */
export interface Onlooker {
  /** Hears how much of how much is done. */
  readonly progress?: (done: number, of: number) => void;
  /** When it is aborted the operation ends before its next portion. */
  readonly signal?: AbortSignal;
}
