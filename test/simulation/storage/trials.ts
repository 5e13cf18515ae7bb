import type { Lane } from '#events/messaging/lanes/lane-storage';
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

  /** Holds the lane until the end of the trial; false where another holds it. */
  async hold(connection: Connection, lane: Lane): Promise<boolean> {
    const hold = tryLane(lane, this.#store, 'session');
    return connection.send(`${lane.subscriber}: hold for a trial`, function* (backend) {
      return (backend.endsWhenSilent = yield* hold(backend));
    });
  }

  /** Records a start; returns how many earlier ones were never ended. */
  async begin(connection: Connection, lane: Lane, trial: RecordedEvent): Promise<number> {
    const { schema, has, suspicions } = this.#store;
    const { position } = trial;
    suspicions.raise(lane, trial);
    if (!has('trialsAreRecorded')) return 0;
    const owed = this.#owed.has(trialOf(lane, position)) ? 1 : 0;
    this.#owed.add(trialOf(lane, position));
    return connection.send(`${lane.subscriber}: begin the trial of ${position}`, function* (backend) {
      yield* backend.holdRow(schema.trials, lane.id);
      const before = backend.get(schema.trials, lane.id);
      const earlier = before?.position === position ? Math.max(0, before.starts - owed) : 0;
      backend.set(schema.trials, lane.id, { position, starts: earlier + 1 });
      return earlier;
    });
  }

  /** Whoever lives to see the end takes the start back; where that fails it is owed, and the connection is given up. */
  async end(connection: Connection, lane: Lane, trial: RecordedEvent): Promise<void> {
    const { suspicions } = this.#store;
    const { position } = trial;
    try {
      await connection.send(`${lane.subscriber}: end the trial of ${position}`, this.#takeBack(lane, trial));
      this.#owed.delete(trialOf(lane, position));
      suspicions.drop(lane, trial);
    } catch {
      suspicions.confirm(lane, trial);
      connection.close();
    }
  }

  #takeBack(lane: Lane, { position }: RecordedEvent): Statement<void> {
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
