import type pg from 'pg';
import { LOCK_TIMED_OUT } from '../../../lanes/fault.ts';
import { inTransactionOn } from '../transactions/in-transaction.ts';
import { type Queryable, send } from '../transactions/statement.ts';

/** Positions in one partition. Never to be changed: the partitions of existing logs are cut by it. */
const PARTITION_SIZE = 1_000_000;

/** Partitions kept ready ahead of the one that positions are drawn from, so that appending never waits for one. */
const AHEAD = 8;

interface Partition {
  readonly name: string;
  readonly isAttached: boolean;
  /** A detaching was begun and broken off. */
  readonly isDetaching: boolean;
}

/**
 * Makes the partitions that the positions drawn from now on fall into, and well beyond; none that comes before: it was pruned. A
 * partition is made beside the log and then attached, which locks no appender out; one that was made but not attached is attached
 * now. Returns the first position at which more are wanted.
 */
export async function preparePartitions(pool: pg.Pool): Promise<number> {
  let current = 0;
  await holdingPartitions(pool, async (client) => {
    current = numberOf(await lastDrawn(client));
    const known = new Map((await findPartitions(client)).map((partition) => [partition.name, partition]));
    for (let number = current; number <= current + AHEAD; number += 1) {
      const partition = known.get(nameOf(number));
      if (!partition) await create(client, number);
      if (!partition?.isAttached) await attach(client, number);
    }
  });
  return (current + 1) * PARTITION_SIZE;
}

/** A partition cannot be dropped while somebody's transaction reads it; the next call goes on where this one stopped. */
export class PartitionInUse extends Error {
  constructor(name: string, cause: unknown) {
    super(`${name} is still read by an open transaction; prune again when that has ended`, { cause });
    this.name = 'PartitionInUse';
  }
}

/** Whether a partition may go; asked from the oldest on, until the first that may not, where it goes in the transaction that says so. */
export type MayGo = (
  transaction: Queryable,
  partition: { readonly name: string; readonly last: number },
) => Promise<boolean>;

/**
 * Drops the oldest partitions, whole, for as long as they may go, and what an earlier call left half dropped. The floor is raised
 * first: whoever stands below it then stops, rather than take the hole for rollbacks. Returns what was dropped.
 * @throws {PartitionInUse}
 */
export async function dropPartitions(pool: pg.Pool, mayGo: MayGo, signal?: AbortSignal): Promise<readonly string[]> {
  const dropped: string[] = [];
  await holdingPartitions(pool, async (client) => {
    for (const partition of await findPartitions(client)) {
      const { name } = partition;
      if (signal?.aborted || !(await raiseFloor(client, name, mayGo))) return;
      if (partition.isAttached) await detach(client, partition);
      await client.query(`drop table messaging.${name}`);
      dropped.push(name);
    }
  });
  return dropped;
}

const raiseFloor = (client: pg.PoolClient, name: string, mayGo: MayGo): Promise<boolean> =>
  inTransactionOn(client, async (transaction) => {
    const last = lastOf(name);
    if (!(await mayGo(transaction, { name, last }))) return false;
    const text = 'update messaging.log_identity set floor = greatest(floor, $1)';
    await transaction.query({ text, values: [last] });
    return true;
  });

/** What {@link dropPartitions} would drop now. */
export async function findDroppable(pool: pg.Pool, mayGo: MayGo): Promise<readonly string[]> {
  const droppable: string[] = [];
  await holdingPartitions(pool, async (client) => {
    for (const { name } of await findPartitions(client)) {
      if (!(await mayGo(client, { name, last: lastOf(name) }))) return;
      droppable.push(name);
    }
  });
  return droppable;
}

async function detach(client: pg.PoolClient, { name, isDetaching }: Partition): Promise<void> {
  const how = isDetaching ? 'finalize' : 'concurrently';
  try {
    await client.query(`alter table messaging.log detach partition messaging.${name} ${how}`);
  } catch (error) {
    throw (error as { code?: string }).code === LOCK_TIMED_OUT ? new PartitionInUse(name, error) : error;
  }
}

/** Only one process at a time changes which partitions there are. */
async function holdingPartitions(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('microlith partitions', 0))`);
    await work(client);
    await client.query(`select pg_advisory_unlock(hashtextextended('microlith partitions', 0))`);
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** The last position that was drawn by anybody, whatever became of it. As a subquery. */
export const LAST_DRAWN = '(select last_value from messaging.log_position_seq)';

async function lastDrawn(client: pg.PoolClient): Promise<number> {
  const { rows } = await send<{ drawn: number }>(client, { text: `select ${LAST_DRAWN} as drawn`, values: [] });
  return rows[0]!.drawn;
}

const nameOf = (number: number) => `log_${number}`;
const lastOf = (name: string) => (Number(name.slice('log_'.length)) + 1) * PARTITION_SIZE - 1;
const numberOf = (position: number) => Math.floor(position / PARTITION_SIZE);

/** Nobody writes to it but through the log. */
async function create(client: pg.PoolClient, number: number): Promise<void> {
  const name = `messaging.${nameOf(number)}`;
  await client.query(`
    create table ${name} (like messaging.log including defaults including indexes);
    revoke insert, update, delete, truncate on ${name} from current_user`);
}

async function attach(client: pg.PoolClient, number: number): Promise<void> {
  const [from, to] = [number * PARTITION_SIZE, (number + 1) * PARTITION_SIZE];
  await client.query(
    `alter table messaging.log attach partition messaging.${nameOf(number)} for values from (${from}) to (${to})`,
  );
}

/** The oldest first. */
async function findPartitions(client: pg.PoolClient): Promise<readonly Partition[]> {
  const { rows } = await send<{ name: string; is_attached: boolean; is_detaching: boolean }>(client, {
    text: `
      select c.relname as name, i.inhrelid is not null as is_attached, coalesce(i.inhdetachpending, false) as is_detaching
        from pg_class c left join pg_inherits i on i.inhrelid = c.oid
       where c.relnamespace = 'messaging'::regnamespace and c.relkind = 'r' and c.relname ~ '^log_[0-9]+$'
       order by substring(c.relname from 5)::bigint`,
    values: [],
  });
  return rows.map((row) => ({ name: row.name, isAttached: row.is_attached, isDetaching: row.is_detaching }));
}
