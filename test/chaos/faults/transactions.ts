import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { uuidV7 } from '#shared-kernel/uuid';
import type { Stage } from '../stage.ts';
import type { Fault } from './fault.ts';

const LONGEST_HOLD = 2_000;

/** Opens a transaction, looks whether delivery goes on all the same, and ends it. */
const hold = (name: string, place: (stage: Stage) => DatabaseAddress, statements: readonly string[]): Fault => ({
  name,
  async strike(stage) {
    const client = new pg.Client(place(stage));
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await sleep(stage.chance.below(LONGEST_HOLD));
    await stage.recover();
    await client.query('rollback');
    await client.end();
  },
});

const here = ({ ground }: Stage) => ground.admin;
const elsewhere = ({ ground }: Stage) => ({ ...ground.admin, database: 'postgres' });
const WRITE = [
  'create table if not exists public.foreign_rows (id int)',
  'begin',
  'insert into public.foreign_rows values (1)',
];

export const heldSnapshot = hold('a snapshot is held', here, [
  'begin isolation level repeatable read',
  'select count(*) from messaging.log',
]);
export const foreignWriterHere = hold('a foreign transaction that has written stays open', here, WRITE);
export const foreignWriterElsewhere = hold('one in another database stays open', elsewhere, WRITE);

/** An appender of ours that is prepared and neither commits nor rolls back holds delivery back until it does. */
export const preparedTransaction: Fault = {
  name: 'a prepared transaction is left open',
  async strike(stage) {
    const { ground, chance } = stage;
    const client = new pg.Client(ground.database);
    await client.connect();
    const id = uuidV7();
    await client.query('begin');
    await append(client, id);
    await client.query(`prepare transaction '${id}'`);
    await sleep(chance.below(LONGEST_HOLD));
    await client.query(`${chance.next() < 0.5 ? 'commit' : 'rollback'} prepared '${id}'`);
    await client.end();
  },
};

async function append(client: pg.Client, id: string): Promise<void> {
  const { rows } = await client.query<{ entries: number }>(
    `insert into chaos.accounts values ('north', 'account of the prepared', 1)
       on conflict (tenant_id, id) do update set entries = accounts.entries + 1 returning entries`,
  );
  const account = 'account of the prepared';
  const entry = { account, number: rows[0]!.entries, command: id, poison: null, due: null };
  await client.query(
    `insert into messaging.log (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source)
     values ($1, 'chaos.EntryMade', 1, 'north', $2, $3, now(), $1, $1, 'chaos', 'chaos')`,
    [id, account, JSON.stringify(entry)],
  );
}
