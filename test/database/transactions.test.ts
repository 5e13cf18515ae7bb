import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Fenced } from '#events/messaging/lanes/failure';
import { BUSY, type EnlistedLane } from '#events/messaging/lanes/lane-storage';
import { BEGINNING } from '#events/messaging/log/log';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { uuidV7 } from '#shared-kernel/uuid';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { eventually, until } from '../support/eventually.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { countWrites } from '../support/writes.ts';

const subscriber = defineSubscriber<DeskScope>()({ name: 'desk.lane', on: NoteTaken, handle: async () => undefined });

const plain = (text: string) => ({ text, values: [] });

const notesIn = ({ database }: Desk) => database.query<{ text: string }>('select text from desk.notes order by id');

test('a statement of MikroORM stays prepared on its connection', async () => {
  await using desk = await openDesk();
  const prepared = await asUser(() =>
    desk.store.transaction(async (unit) => {
      await unit.scopeOf(DEFAULT_TENANT).notes.all();
      const { rows } = await unit.transaction.queryText(plain('select statement from pg_prepared_statements'));
      return rows as { statement: string }[];
    }),
  );
  expect(prepared.map(({ statement }) => statement)).toContainEqual(expect.stringMatching(/"desk"\."notes".*= \$1/));
});

describe('a commit', () => {
  test('is not reported when a swallowed error turned it into a rollback', async () => {
    await using desk = await openDesk();
    let appended = 0;
    const store = await desk.reopen({ onAppended: () => void (appended += 1) });
    const phantom = asUser(() =>
      store.transaction(async (unit) => {
        await unit.transaction.queryText(plain(`insert into desk.notes (tenant_id, text) values ('default', 'kept?')`));
        await unit.transaction
          .queryText(plain(`insert into desk.notes (id, tenant_id, text) values (1, 'default', 'twin')`))
          .catch(() => undefined);
        await unit.transaction
          .queryText(plain(`insert into desk.notes (id, tenant_id, text) values (1, 'default', 'twin')`))
          .catch(() => undefined);
        unit.outbox.publish(NoteTaken({ topic: 'a', text: 'phantom' }));
      }),
    );
    await expect(phantom).rejects.toThrow('current transaction is aborted');
    expect(await notesIn(desk)).toEqual([]);
    expect(await desk.database.query('select from messaging.log')).toEqual([]);
    expect(appended).toBe(0);
  });

  test('is not reported when nothing but the swallowed error was in it', async () => {
    await using desk = await openDesk();
    const phantom = desk.store.transaction(async (unit) => {
      await unit.transaction.queryText(plain('select 1 / 0')).catch(() => undefined);
    });
    await expect(phantom).rejects.toThrow('an error was swallowed');
  });
});

describe('a unit of work', () => {
  test('sends what is asked at the same time in one write, BEGIN with it', async () => {
    await using desk = await openDesk(1);
    let written = () => Number.NaN;
    desk.pool.once('acquire', (client) => (written = countWrites(client)));
    await desk.store.transaction(async ({ transaction }) => {
      const ask = async (one: number) => {
        await Promise.resolve();
        return (await transaction.queryText(plain(`select ${one} as one`))).rows;
      };
      expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([[{ one: 1 }], [{ one: 2 }], [{ one: 3 }]]);
      expect(written()).toBe(1);
    });
  });

  test('that was not awaited cannot write after its end', async () => {
    await using desk = await openDesk();
    let late: Promise<unknown> | undefined;
    let finish = () => {};
    await asUser(() =>
      desk.store.transaction(async (unit) => {
        const gate = new Promise<void>((resolve) => (finish = resolve));
        late = gate.then(() =>
          unit.transaction.queryText(plain(`insert into desk.notes (tenant_id, text) values ('default', 'late')`)),
        );
        late.catch(() => undefined);
      }),
    );
    finish();
    await expect(late).rejects.toThrow('the unit of work has ended');
    expect(await notesIn(desk)).toEqual([]);
  });
});

describe('the pool', () => {
  test('gets every connection back, whatever became of the work on it', async () => {
    await using desk = await openDesk(2);
    const lent = new Set<pg.PoolClient>();
    desk.pool.on('acquire', (client) => lent.add(client));
    desk.pool.on('release', (_error, client) => lent.delete(client));
    using atLast = { [Symbol.dispose]: () => lent.forEach((client) => client.release()) };
    const failing = desk.store.transaction(async (unit) => {
      await unit.transaction.queryText(plain('select 1'));
      throw new Error('stumbled');
    });
    await expect(failing).rejects.toThrow('stumbled');
    expect(lent.size).toBe(0);
    atLast[Symbol.dispose]();
  });

  test('destroys a connection that comes back in the middle of a transaction', async () => {
    await using desk = await openDesk(1);
    await desk.store.withConnection(async (client) => void (await client.query('begin')));
    const status = await desk.store.withConnection(async (client) => {
      await client.query('select 1');
      return client.getTransactionStatus();
    });
    expect(status).toBe('I');
  });

  test.each(['at the first statement', 'at a later statement', 'at the commit'])(
    'serves again after every connection was killed %s',
    async (moment) => {
      await using desk = await openDesk(3);
      const kill = () =>
        desk.database.onServer(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${desk.database.address.database}'`,
        );
      for (let round = 0; round < 10; round += 1) {
        const doomed = Array.from({ length: 3 }, () =>
          desk.store.transaction(async (unit) => {
            if (moment === 'at the first statement') await kill();
            await unit.transaction.queryText(plain('select 1'));
            if (moment === 'at a later statement') await kill();
            await unit.transaction.queryText(plain('select 2'));
            if (moment === 'at the commit') await kill();
          }),
        );
        await Promise.allSettled(doomed);
      }
      await eventually(
        async () => undefined,
        async () =>
          expect(
            await desk.store.transaction(
              async (unit) => (await unit.transaction.queryText(plain('select 1 as one'))).rows,
            ),
          ).toEqual([{ one: 1 }]),
      );
      expect(desk.pool.totalCount).toBeLessThanOrEqual(3);
    },
  );
});

test('the pool gives up what idles when a connection is lost: on a broken line nobody would hear of it', async () => {
  await using desk = await openDesk(3);
  desk.pool.options.idleTimeoutMillis = 0;
  const connect = async () => {
    const clients = await Promise.all([1, 2, 3].map(() => desk.pool.connect()));
    const pids = await Promise.all(
      clients.map(
        async (client) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid,
      ),
    );
    for (const client of clients) client.release();
    return pids;
  };
  const before = await connect();
  await desk.database.query('select pg_terminate_backend($1)', [before[0]]);
  await until(async () => expect(desk.pool.totalCount).toBe(0));
  expect((await connect()).filter((pid) => before.includes(pid))).toEqual([]);
});

describe('a lane', () => {
  test('is fenced: a worker that believes in an older position commits nothing', async () => {
    await using desk = await openDesk();
    const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
    const zombie = desk.store.lanes.inBatch(lane!, async (batch) => {
      await batch.scopeOf(DEFAULT_TENANT).notes.add('by the zombie');
      await desk.database.query('insert into desk.ledger (lane_id, from_position, to_position) values ($1, 0, 5)', [
        lane!.id,
      ]);
      batch.advanceTo({ position: 3, eventId: null });
    });
    await expect(zombie).rejects.toThrow(Fenced);
    expect(await notesIn(desk)).toEqual([]);
  });

  test('is fenced when what it had read is not in the log any more', async () => {
    await using desk = await openDesk();
    const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
    const outdated = desk.store.lanes.inBatch(lane!, async (batch) => {
      await batch.scopeOf(DEFAULT_TENANT).notes.add('about a fact that is gone');
      batch.advanceTo({ position: 3, eventId: uuidV7() });
    });
    await expect(outdated).rejects.toThrow(Fenced);
    expect(await notesIn(desk)).toEqual([]);
  });

  test('is fenced by a twin that was at the same place', async () => {
    await using desk = await openDesk();
    const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
    const twin = desk.store.lanes.inBatch(lane!, async (batch) => {
      await desk.database.query('update desk.ledger set from_position = 0 where lane_id = $1', [lane!.id]);
      batch.advanceTo({ position: 3, eventId: null });
    });
    await expect(twin).rejects.toThrow(Fenced);
  });

  describe('whose batch begins in stride', () => {
    const inStride = async (desk: Desk, meanwhile: (lane: EnlistedLane) => Promise<unknown>) => {
      const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
      const server = await desk.store.lanes.inBatch(lane!, async (batch) => (batch.isClear ? batch.server : 'none'));
      await desk.store.lanes.inBatch(
        lane!,
        async (batch) => {
          await batch.scopeOf(DEFAULT_TENANT).notes.add('in stride');
          await meanwhile(lane!);
          batch.advanceTo({ position: 3, eventId: null });
        },
        { stride: { at: lane!.standing.at, server: String(server) } },
      );
    };

    test('has not begun its transaction while it is handled, and moves the lane', async () => {
      await using desk = await openDesk();
      const begun = `
        select from pg_stat_activity
         where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()`;
      await inStride(desk, async () => expect(await desk.database.query(begun)).toEqual([]));
      const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
      expect(lane!.standing.at.position).toBe(3);
      expect(await notesIn(desk)).toEqual([{ text: 'in stride' }]);
    });

    test.each([
      ['was paused', `update desk.lane set paused_because = 'a test'`],
      ['is to handle again what it had handled', 'update desk.lane set replay_until = 9'],
      ['was moved on', 'insert into desk.ledger (lane_id, from_position, to_position) select id, 0, 2 from desk.lane'],
      ['met an event that may end processes', 'insert into desk.trial select id, 1, 1 from desk.lane'],
      [
        'has something parked',
        `insert into desk.parked (tenant_id, lane_id, position, recorded_at, id, type, version, data, occurred_at,
                                  correlation_id, causation_id, actor, source, attempts, due_at)
         select 'default', id, 1, now(), gen_random_uuid(), 'desk.NoteTaken', 1, '{}', now(),
                gen_random_uuid(), gen_random_uuid(), 'test', 'test', 1, now() from desk.lane`,
      ],
    ])('is fenced when the lane %s meanwhile', async (_what, change) => {
      await using desk = await openDesk();
      await expect(inStride(desk, () => desk.database.query(change))).rejects.toThrow(Fenced);
      expect(await notesIn(desk)).toEqual([]);
    });

    test('is fenced when another server answers than the one that the lane was clear on', async () => {
      await using desk = await openDesk();
      const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
      const elsewhere = desk.store.lanes.inBatch(
        lane!,
        async (batch) => batch.advanceTo({ position: 3, eventId: null }),
        { stride: { at: BEGINNING, server: 'another' } },
      );
      await expect(elsewhere).rejects.toThrow(Fenced);
    });
  });

  describe('whose light batch begins in stride', () => {
    const other = defineSubscriber<DeskScope>()({ name: 'desk.other', on: NoteTaken, handle: async () => undefined });

    /** Both lanes move on in the same turn. */
    const inStride = async (desk: Desk, areLight: boolean, meanwhile: () => Promise<unknown> = async () => {}) => {
      const lanes = await desk.store.lanes.enlist([subscriber, other], async () => BEGINNING);
      const looks = lanes.map((lane) => desk.store.lanes.inBatch(lane, async (batch) => batch.server));
      const [server] = await Promise.all(looks);
      await meanwhile();
      return Promise.allSettled(
        lanes.map((lane) =>
          desk.store.lanes.inBatch(lane, async (batch) => batch.advanceTo({ position: 3, eventId: null }), {
            stride: { at: lane.standing.at, server: String(server) },
            isLight: areLight,
          }),
        ),
      );
    };
    const movesIn = ({ database }: Desk) =>
      database.query<{ lane: string; transaction: string }>(`
        select names[1] as lane, ledger.xmin::text as transaction from desk.ledger join desk.lane on lane.id = lane_id
         where to_position = 3 order by lane`);

    test.each([
      { areLight: true, commits: 1 },
      { areLight: false, commits: 2 },
    ])('is committed together with that of another lane: $areLight', async ({ areLight, commits }) => {
      await using desk = await openDesk();
      await inStride(desk, areLight);
      const moves = await movesIn(desk);
      expect(moves.map(({ lane }) => lane)).toEqual(['desk.lane', 'desk.other']);
      expect(new Set(moves.map(({ transaction }) => transaction)).size).toBe(commits);
    });

    test('fails by itself when it is fenced, and the other lane moves on', async () => {
      await using desk = await openDesk();
      const outcomes = await inStride(desk, true, () =>
        desk.database.query(`update desk.lane set paused_because = 'a test' where names @> '{desk.lane}'`),
      );
      expect(outcomes).toMatchObject([{ reason: expect.any(Fenced) }, { status: 'fulfilled' }]);
      expect(await movesIn(desk)).toMatchObject([{ lane: 'desk.other' }]);
    });
  });

  test('is given up in a trial by a process that was stopped: the server ends its session', async () => {
    await using desk = await openDesk();
    const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
    await asUser(() => desk.store.unitOfWork(async ({ publish }) => publish(NoteTaken({ topic: 'a', text: 'slow?' }))));
    const [event] = await desk.source.rows(0, 10);
    const clients = new Set<pg.PoolClient>();
    desk.store.pool.on('acquire', (client) => clients.add(client));
    const timeouts = () =>
      Promise.all([...clients].map(async (client) => (await client.query('show idle_session_timeout')).rows[0]));
    const during = await desk.store.lanes.inBatch(lane!, timeouts, { trial: event! });
    expect(during).toEqual([{ idle_session_timeout: '5s' }]);
    expect(await timeouts()).toEqual([{ idle_session_timeout: '0' }]);
  });

  test('holds its start against an event only when the process did not live to see its end', async () => {
    await using desk = await openDesk();
    const [lane] = await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
    await asUser(() =>
      desk.store.unitOfWork(async ({ publish }) => publish(NoteTaken({ topic: 'a', text: 'deadly?' }))),
    );
    const [event] = await desk.source.rows(0, 10);
    const cutOff = () =>
      desk.database.query(
        `select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database
          where datname = current_database() and locktype = 'advisory' and objsubid = 1 and granted`,
      );
    const earlierStarts = async () => {
      let starts: unknown;
      await until(async () => {
        starts = await desk.store.lanes.inBatch(lane!, async (batch) => batch.earlierStarts, { trial: event! });
        expect(starts).not.toBe(BUSY);
      });
      return starts;
    };

    const survived = desk.store.lanes.inBatch(lane!, async () => void (await cutOff()), { trial: event! });
    await expect(survived).rejects.toThrow(/connection/i);
    expect(await earlierStarts()).toBe(0);

    const death = Promise.withResolvers<void>();
    using end = { [Symbol.dispose]: () => death.resolve() };
    const dying = (await desk.reopen({})).lanes.inBatch(
      lane!,
      async () => {
        await cutOff();
        await death.promise;
      },
      { trial: event! },
    );
    dying.catch(() => undefined);
    await until(async () =>
      expect(await desk.database.query('select from desk.trial where starts = 1')).toHaveLength(1),
    );
    expect(await earlierStarts()).toBe(1);
    end[Symbol.dispose]();
  });
});
