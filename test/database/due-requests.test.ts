import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../support/desk.ts';

const MANY = 5_000;
/** Rows that a look may read, of so many: what it finds, and a step or two for each kind. */
const FEW = 50;

describe('what is due of many requests', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk(1);
    await record('desk.bulk', MANY, `'1 hour'`);
    await record('desk.mail', 10, `'1 minute'`);
    await record('desk.pay', 10, `'-1 hour'`);
    await desk.pool.query('analyze desk.request');
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const record = (kind: string, count: number, since: string) =>
    desk.pool.query(
      `insert into desk.request (tenant_id, kind, id, key, payload, execution, attempts, due_at)
       select 'default', $1, n::text, n::text, 'null', 'null', 0, now() - ${since}::interval from generate_series(1, $2::int) n`,
      [kind, count],
    );

  /** Does something on the one connection there is; how many rows that has read. */
  const countRead = async (work: () => Promise<unknown>) => {
    await desk.pool.query('begin');
    await work();
    const { rows } = await desk.pool.query<{ read: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relid = 'desk.request'::regclass`,
    );
    await desk.pool.query('rollback');
    return rows[0]!.read;
  };

  test('is leased without reading those of other kinds', async () => {
    let leased = 0;
    const read = await countRead(async () => {
      leased = (await desk.store.requests.lease(new Map([['desk.mail', 5]]), 1_000)).length;
    });
    expect(leased).toBe(5);
    expect(read).toBeLessThan(FEW);
  });

  test('is found by reading the first of each kind', async () => {
    const read = await countRead(async () => {
      expect((await desk.store.dueWork()).requestsIn).toBe(0);
    });
    expect(read).toBeLessThan(FEW);
  });

  test('is found, of whichever kind it is, when the others have ended or are dead', async () => {
    await desk.pool.query(`update desk.request set state = 'answered' where kind = 'desk.bulk'`);
    await desk.pool.query(`update desk.request set is_dead = true where kind = 'desk.mail'`);
    const { requestsIn } = await desk.store.dueWork();
    expect(requestsIn).toBeGreaterThan(3_500_000);
    await desk.pool.query(`update desk.request set state = 'answered' where kind = 'desk.pay'`);
    expect((await desk.store.dueWork()).requestsIn).toBeNull();
  });
});
