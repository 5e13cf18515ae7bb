import { BUSY, type Lane } from '#events/messaging/lanes/lane-storage';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { Statement } from '../database/backend.ts';
import type { Connection } from './connection.ts';
import type { SimulatedStore } from './store.ts';

/** Starts of lone events in the tiny database, statement by statement as they are in PostgreSQL. */
export class SimulatedTrials {
  readonly #store: SimulatedStore;
  readonly #owed = new Set<string>();

  constructor(store: SimulatedStore) {
    this.#store = store;
  }

  /** Holds the lane until the end of the trial and records its start; returns how many earlier ones were never ended. */
  async begin(connection: Connection, lane: Lane, trial: RecordedEvent): Promise<number | typeof BUSY> {
    const { suspicions } = this.#store;
    const name = trialOf(lane, trial.position);
    const owed = this.#owed.has(name) ? 1 : 0;
    const isRaisedElsewhere = suspicions.raise(lane, trial);
    try {
      const begun = await connection.send(
        `${lane.subscriber}: begin the trial of ${trial.position}`,
        this.#record(lane, trial, owed),
      );
      if (begun === BUSY) suspicions.drop(lane, trial);
      else this.#owed.add(name);
      if (begun !== BUSY && isRaisedElsewhere) suspicions.charge(lane, trial);
      return begun;
    } catch (error) {
      this.#owed.add(name);
      suspicions.confirm(lane, trial);
      connection.close();
      throw error;
    }
  }

  /** What was taken back with the commit is neither owed nor suspected. */
  noteEnd(lane: Lane, trial: RecordedEvent): void {
    this.#owed.delete(trialOf(lane, trial.position));
    this.#store.suspicions.drop(lane, trial);
  }

  /** The same after what was undone; where it fails it is owed, and the connection is given up. */
  async end(connection: Connection, lane: Lane, trial: RecordedEvent): Promise<void> {
    const { suspicions } = this.#store;
    try {
      await connection.send(`${lane.subscriber}: end the trial of ${trial.position}`, this.ending(lane, trial));
      this.noteEnd(lane, trial);
    } catch {
      suspicions.confirm(lane, trial);
      connection.close();
    }
  }

  #record(lane: Lane, { position }: RecordedEvent, owed: number): Statement<number | typeof BUSY> {
    const { schema, has } = this.#store;
    const hold = tryLane(lane, this.#store, 'session');
    return function* (backend) {
      if (!(yield* hold(backend))) return BUSY;
      backend.endsWhenSilent = true;
      if (!has('trialsAreRecorded')) return 0;
      yield* backend.holdRow(schema.trials, lane.id);
      const before = backend.get(schema.trials, lane.id);
      const earlier = before?.position === position ? Math.max(0, before.starts - owed) : 0;
      backend.set(schema.trials, lane.id, { position, starts: earlier + 1 });
      return earlier;
    };
  }

  /** Takes the start back and lets go of the lane, with the commit or after what was undone. */
  ending(lane: Lane, { position }: RecordedEvent): Statement<void> {
    const { schema, has } = this.#store;
    return function* (backend) {
      yield* backend.holdRow(schema.trials, lane.id);
      const row = backend.get(schema.trials, lane.id);
      if (row?.position === position && has('survivedTrialsAreForgiven'))
        backend.set(schema.trials, lane.id, { position, starts: Math.max(0, row.starts - 1) });
      backend.release(lockOf(lane));
      backend.endsWhenSilent = false;
    };
  }
}

const trialOf = (lane: Lane, position: number) => `${lane.id}/${position}`;

const lockOf = (lane: Lane) => `lane ${lane.id}`;

/** Where locks exclude nobody, as behind some poolers, the ledger alone has to do. */
export const tryLane = (lane: Lane, store: SimulatedStore, scope: 'transaction' | 'session'): Statement<boolean> =>
  // oxlint-disable-next-line require-yield
  function* (backend) {
    const isOurs = backend.tryHold(lockOf(lane), scope);
    return isOurs || !store.locksExclude;
  };
