import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { LogPosition } from '../../../log/log.ts';
import { lanePositions, type PositionRow, toPositions } from '../lanes/lane-positions.ts';
import { LAST_DRAWN } from '../log/partitions.ts';
import { prepared } from '../transactions/statement-names.ts';
import { type Queryable, send } from '../transactions/statement.ts';

/** The relays of a database, as session locks: who dies is gone at once, and nobody writes a heartbeat. */
const CLASS = 1_296_648_018;

/** Milliseconds. A relay polls far more often: one that says nothing for so long was stopped, or cut off, and counts as gone. */
const SILENCE = 5_000;

/** A relay's name among the relays of its database. */
export const createMemberName = (): string => String(randomInt(2 ** 31));

export async function joinMembers(connection: pg.ClientBase, name: string): Promise<void> {
  await send(connection, {
    text: `select pg_advisory_lock($1, $2), set_config('idle_session_timeout', $3, false)`,
    values: [CLASS, Number(name), String(SILENCE)],
  });
}

/** Their names, as a statement. */
export const MEMBERS = `
  select objid::text as name from pg_locks
   where locktype = 'advisory' and classid = ${CLASS} and objsubid = 2 and granted
     and database = (select oid from pg_database where datname = current_database())`;

export interface Surroundings {
  readonly members: readonly string[];
  /** Milliseconds that the server has run for. */
  readonly upFor: number;
  /** How far positions are drawn. */
  readonly drawn: number;
  /** Through where the lanes that were asked for are handled, by their ids. */
  readonly positions: ReadonlyMap<string, LogPosition>;
}

interface SurroundingsRow {
  readonly members: string[];
  readonly up_for: number;
  readonly drawn: number;
  readonly lanes: string | null;
}

const UP_FOR = '(extract(epoch from clock_timestamp() - pg_postmaster_start_time()) * 1000)::float8';

/** What is looked for once a second, in one statement: who else is there, and how far log and lanes have come. */
export async function lookAround(pool: pg.Pool, contexts: readonly string[]): Promise<Surroundings> {
  const lanes = contexts.length > 0 ? `(select json_agg(lane) from (${lanePositions(contexts)}) lane)` : 'null';
  const text = `select array(${MEMBERS}) as members, ${UP_FOR} as up_for, ${LAST_DRAWN} as drawn, ${lanes}::text as lanes`;
  const { rows } = await send<SurroundingsRow>(pool, prepared(text));
  const { members, up_for: upFor, drawn, lanes: found } = rows[0]!;
  return { members, upFor, drawn, positions: toPositions(JSON.parse(found ?? '[]') as PositionRow[]) };
}

export async function findMembers(connection: Queryable): Promise<readonly string[]> {
  const { rows } = await send<{ name: string }>(connection, {
    name: 'messaging.members',
    text: MEMBERS,
    values: [],
  });
  return rows.map(({ name }) => name);
}
