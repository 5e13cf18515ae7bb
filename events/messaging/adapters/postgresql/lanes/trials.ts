import type pg from 'pg';
import type { Lane } from '../../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../../log/log.ts';
import { send } from '../transactions/statement.ts';

/** Milliseconds. A process that was stopped, or cut off, during a trial would hold the lane for as long; the server ends its session. */
const IDLE_TIMEOUT = 5_000;

/**
 * Starts of lone events, recorded before they are handled: a start that is still there was never ended, so its process died.
 * Whoever lives to see the end, good or bad, takes the start back; where the connection is gone it is owed until the next.
 */
export class PostgresTrials {
  readonly #schema: string;
  readonly #owed = new Set<string>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Holds the lane until the end of the trial; false where another holds it. */
  async hold(client: pg.PoolClient, lane: Lane): Promise<boolean> {
    const { rows } = await send<{ timeout: string | null }>(client, {
      text: `select case when pg_try_advisory_lock($1) then set_config('idle_session_timeout', $2, false) end as timeout`,
      values: [lane.id, String(IDLE_TIMEOUT)],
    });
    return rows[0]!.timeout !== null;
  }

  /** Records a start; returns how many earlier ones were never ended. A suspect further on stays on record in its place. */
  async begin(client: pg.PoolClient, lane: Lane, { position }: RecordedEvent): Promise<number> {
    const trial = trialOf(lane, position);
    const owed = this.#owed.has(trial) ? 1 : 0;
    this.#owed.add(trial);
    const { rows } = await send<{ starts: number }>(client, {
      name: `${this.#schema}.begin-trial`,
      text: `
        insert into ${this.#schema}.trial as t (lane_id, position, starts) values ($1, $2, 1)
        on conflict (lane_id) do update
          set position = $2, starts = case when t.position = $2 then greatest(0, t.starts - $3) + 1 else 1 end
          where t.position <= $2
        returning starts`,
      values: [lane.id, position, owed],
    });
    return rows[0] ? rows[0].starts - 1 : 0;
  }

  /** Takes the start back and lets go of the lane. Never rejects: where it fails the connection is given up, and so the lane. */
  async end(client: pg.PoolClient, lane: Lane, { position }: RecordedEvent): Promise<void> {
    try {
      await send(client, {
        name: `${this.#schema}.end-trial`,
        text: `
          with taken_back as (
            update ${this.#schema}.trial set starts = greatest(0, starts - 1) where (lane_id, position) = ($1, $2) returning 1)
          select pg_advisory_unlock($1), set_config('idle_session_timeout', '0', false)`,
        values: [lane.id, position],
      });
      this.#owed.delete(trialOf(lane, position));
    } catch {
      await (client as pg.ClientBase as pg.Client).end().catch(() => undefined);
    }
  }
}

const trialOf = (lane: Lane, position: number) => `${lane.id}/${position}`;
