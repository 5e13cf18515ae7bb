import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineRequest } from '#events/messaging';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { type QueueSql, QueuedSql } from '#events/messaging/adapters/postgresql/transactions/queued-sql';
import { TransactionEnded } from '#events/messaging/adapters/postgresql/transactions/transaction';
import type { RequestTaker } from '#events/messaging/requests/request-storage';
import { ChangeInQuery } from '#events/messaging/units/scope';
import { systemClock } from '#shared-kernel/clock';
import { deskOnMikroOrm } from '../contracts/messaging/desk/mikro-orm.ts';
import type { DeskScope } from '../contracts/messaging/desk/note.ts';
import { asUser } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { countWrites } from '../support/writes.ts';

interface QueueingScope extends DeskScope {
  readonly queueSql: QueueSql;
}

const FileAway = defineRequest('desk.fileAway', z.object({}));

const FILE_ALL = `
  insert into desk.notes (tenant_id, text)
  select 'default', text || (select count(*) from desk.notes) from unnest($1::text[]) text returning text`;

/** A desk whose handlers may queue statements. */
const openQueueing = ({ pool }: Desk) =>
  PostgresStore.open<QueueingScope>(
    {
      ...deskOnMikroOrm,
      createScope: (em, unit, queueSql) => ({ ...deskOnMikroOrm.createScope(em, unit, queueSql), queueSql }),
    },
    { pool, clock: systemClock, onAppended: () => undefined },
  );

const textsIn = async ({ database }: Desk) =>
  (await database.query<{ text: string }>('select text from desk.notes order by id')).map(({ text }) => text);

describe('a queued statement', () => {
  test('leaves in one write with the commit, whatever it gives', async () => {
    await using desk = await openDesk(1);
    const store = await openQueueing(desk);
    const queue = () =>
      asUser(() => store.unitOfWork(async ({ queueSql }) => queueSql(FILE_ALL, [['plain ', `"quoted\\", `]])));
    await queue();
    const client = await desk.pool.connect();
    const writes = countWrites(client);
    client.release();
    await queue();
    expect(writes()).toBe(1);
    expect(await textsIn(desk)).toEqual(['plain 0', `"quoted\\", 0`, 'plain 2', `"quoted\\", 2`]);
  });

  test('comes after all that is flushed', async () => {
    await using desk = await openDesk();
    const store = await openQueueing(desk);
    await asUser(() =>
      store.unitOfWork(async ({ notes, queueSql }) => {
        queueSql(FILE_ALL, [['notes before: ']]);
        await notes.add('flushed');
      }),
    );
    expect(await textsIn(desk)).toEqual(['flushed', 'notes before: 1']);
  });

  test('leaves alone which requests its unit hands over', async () => {
    await using desk = await openDesk();
    const store = await openQueueing(desk);
    const take = vi.fn<RequestTaker['take']>();
    store.offerRequestsTo({ leaseMs: 60_000, room: () => 10, take });
    await asUser(() =>
      store.unitOfWork(async ({ request, queueSql }) => {
        queueSql(FILE_ALL, [['a']]);
        request(FileAway({ id: '1', payload: {} }));
      }),
    );
    expect(take).toHaveBeenCalledWith([expect.objectContaining({ id: '1' })], []);
  });

  test('that fails undoes its unit, and says why', async () => {
    await using desk = await openDesk();
    const store = await openQueueing(desk);
    const refused = asUser(() =>
      store.unitOfWork(async ({ notes, queueSql }) => {
        await notes.add('flushed');
        queueSql('insert into desk.notes (tenant_id, text) values ($1, $2)', ['default', 'refused by the database']);
      }),
    );
    await expect(refused).rejects.toThrow(/check constraint/);
    expect(await textsIn(desk)).toEqual([]);
  });

  test('is refused once its unit has ended', () => {
    const queued = new QueuedSql();
    queued.close();
    expect(() => queued.add('select', [])).toThrow(TransactionEnded);
  });

  test('is refused in a query', async () => {
    await using desk = await openDesk();
    const store = await openQueueing(desk);
    const asked = asUser(() => store.reading(async ({ queueSql }) => queueSql('delete from desk.notes', [])));
    await expect(asked).rejects.toThrow(ChangeInQuery);
  });
});
