import type pg from 'pg';
import { BUSY, type Lane } from '../../../lanes/lane-storage.ts';
import type { RecordedEvent } from '../../../log/log.ts';
import { send, type Statement } from '../transactions/statement.ts';
import type { FinalStatement } from '../transactions/transaction.ts';

/** Milliseconds. A process that was stopped, or cut off, during a trial would hold the lane for as long; the server ends its session. */
const IDLE_TIMEOUT = 5_000;

/**
 * Starts of lone events, recorded before they are handled: a start that is still there was never ended, so its process died.
 * Whoever lives to see the end, good or bad, takes the start back: with the commit, or after what was undone. Where the
 * connection is gone it is owed until the next.
 */
export class PostgresTrials {
  readonly #schema: string;
  readonly #owed = new Set<string>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /**
   * Holds the lane until the end of the trial, and records its start; returns how many earlier ones were never ended. A suspect
   * further on stays on record in its place. Where it fails nobody knows whether the lane is held: the connection is given up.
   */
  async begin(client: pg.PoolClient, lane: Lane, { position }: RecordedEvent): Promise<number | typeof BUSY> {
    const trial = trialOf(lane, position);
    const owed = this.#owed.has(trial) ? 1 : 0;
    try {
      const { rows } = await send<Begun>(client, this.#begin(lane, position, owed));
      if (!rows[0]!.is_held) return BUSY;
      this.#owed.add(trial);
      return Math.max(0, (rows[0]!.starts ?? 1) - 1);
    } catch (error) {
      this.#owed.add(trial);
      await giveUp(client);
      throw error;
    }
  }

  /** Takes the start back and lets go of the lane, with the commit: until then the transaction itself holds the lane. */
  ending(lane: Lane, { position }: RecordedEvent): FinalStatement {
    const heed = () => void this.#owed.delete(trialOf(lane, position));
    return { ...this.#end(lane, position), heed };
  }

  /** The same after what was undone. Never rejects: where it fails the connection is given up, and so the lane. */
  async end(client: pg.PoolClient, lane: Lane, { position }: RecordedEvent): Promise<void> {
    try {
      await send(client, this.#end(lane, position));
      this.#owed.delete(trialOf(lane, position));
    } catch {
      await giveUp(client);
    }
  }

  #begin(lane: Lane, position: number, owed: number): Statement {
    return {
      name: `${this.#schema}.begin-trial`,
      text: `
        with hold as materialized (
          select case when pg_try_advisory_lock($1) then set_config('idle_session_timeout', $4, false) end as timeout),
        begun as (
          insert into ${this.#schema}.trial as t (lane_id, position, starts)
          select $1, $2, 1 from hold where timeout is not null
          on conflict (lane_id) do update
            set position = $2, starts = case when t.position = $2 then greatest(0, t.starts - $3) + 1 else 1 end
            where t.position <= $2
          returning starts)
        select hold.timeout is not null as is_held, begun.starts from hold left join begun on true`,
      values: [lane.id, position, owed, String(IDLE_TIMEOUT)],
    };
  }

  /** In this order: whoever holds the lane next finds the start taken back, or waits until it is. */
  #end(lane: Lane, position: number): Statement {
    return {
      name: `${this.#schema}.end-trial`,
      text: `
        with taken_back as (
          update ${this.#schema}.trial set starts = greatest(0, starts - 1) where (lane_id, position) = ($1, $2) returning 1)
        select pg_advisory_unlock($1), set_config('idle_session_timeout', '0', false) from (select count(*) from taken_back) done`,
      values: [lane.id, position],
    };
  }
}

interface Begun {
  readonly is_held: boolean;
  /** Null where a suspect further on is on record. */
  readonly starts: number | null;
}

const giveUp = (client: pg.PoolClient): Promise<void> =>
  (client as pg.ClientBase as pg.Client).end().catch(() => undefined);

const trialOf = (lane: Lane, position: number) => `${lane.id}/${position}`;
