import { expect, test } from 'vitest';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { ConnectionLost } from '#events/messaging/adapters/postgresql/log/reader-connection';
import { APPENDED, notifyAppended } from '#events/messaging/adapters/postgresql/log/channels';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { Relay } from '#events/messaging/relay/relay';
import { NoteTaken } from '../contracts/messaging/desk/note.ts';
import { asUser, deskCodec } from '../contracts/messaging/post-office.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { untilBlocked } from '../support/blocked.ts';
import { until } from '../support/eventually.ts';
import { openLine } from '../support/line.ts';

const cutOff = (desk: Desk) =>
  desk.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ~ '(from|listen) messaging' and pid <> pg_backend_pid()`,
  );

test('a relay that delivers once reads on where its connection was lost since the last time', async () => {
  await using desk = await openDesk();
  const relay = new Relay({
    source: desk.source,
    readBehind: createReadBehind(desk.pool),
    bus: createBus(deskCodec.types, () => undefined),
    codec: deskCodec,
    stations: [],
  });
  const append = () =>
    asUser(() => desk.store.unitOfWork(async ({ publish }) => publish(NoteTaken({ topic: 'a', text: 'b' }))));
  await append();
  await relay.relayOnce();
  await cutOff(desk);
  await append();
  await relay.relayOnce();
  expect(relay.frontier.position).toBe(2);
});

/** A source that tells of what it hears of its connection. */
const openSource = (desk: Desk, reportError: (error: unknown) => void) =>
  new PostgresLogSource(desk.database.address, { reportError, onNotice: () => undefined });

test('a reader hears that its connection was lost while it was idle, so that it forgets what that had proved', async () => {
  await using desk = await openDesk();
  const losses: unknown[] = [];
  const source = openSource(desk, (error) => void losses.push(error));
  await source.rows(0, 10);
  await cutOff(desk);
  await until(async () => expect(losses.length).toBeGreaterThan(0));
  await expect(source.rows(0, 10)).rejects.toThrow(ConnectionLost);
  expect(await source.rows(0, 10)).toEqual([]);
  await source.close();
});

test('a reader that has another connection already keeps it, when the lost one tells of its end once more', async () => {
  await using desk = await openDesk();
  const losses: unknown[] = [];
  const opened = Promise.withResolvers<unknown>();
  const source = openSource(
    desk,
    (error) => losses.push(error) === 1 && setImmediate(() => opened.resolve(openAnew())),
  );
  const openAnew = () => source.rows(0, 10).catch(() => source.rows(0, 10));
  await source.rows(0, 10);
  await cutOff(desk);
  await expect(opened.promise).resolves.toEqual([]);
  await until(async () => expect(losses).toHaveLength(2));
  await expect(source.rows(0, 10)).resolves.toEqual([]);
  await source.close();
});

test('a reader takes another connection after a read that failed, whatever became of the old one', async () => {
  await using desk = await openDesk();
  const source = openSource(desk, () => undefined);
  await source.rows(0, 10);
  await desk.database.query('alter table messaging.log rename to gone');
  await expect(source.rows(0, 10)).rejects.toThrow('messaging.log');
  await desk.database.query('alter table messaging.gone rename to log');
  expect(await source.rows(0, 10)).toEqual([]);
  const readers = await desk.database.query(
    `select from pg_stat_activity where datname = current_database() and query like '%from messaging.log %'
        and pid <> pg_backend_pid()`,
  );
  expect(readers).toHaveLength(1);
  await source.close();
});

test('a reader that was told of the loss by the read that was under way reads on with the next one', async () => {
  await using desk = await openDesk();
  await using line = await openLine(desk.database.address);
  await using stack = new AsyncDisposableStack();
  const source = new PostgresLogSource(line.address, { reportError: () => undefined, onNotice: () => undefined });
  stack.defer(() => source.close());
  await source.rows(0, 10);
  const other = await desk.pool.connect();
  stack.defer(async () => other.release(true));
  await other.query('begin; lock table messaging.log in access exclusive mode');
  const underWay = source.rows(0, 10);
  underWay.catch(() => undefined);
  await untilBlocked(desk.database, 1);
  line.hangUp();
  await expect(underWay).rejects.toThrow('terminated');
  await other.query('rollback');
  expect(await source.rows(0, 10)).toEqual([]);
});

test('a reader leaves no connection behind on which it could not begin', async () => {
  await using desk = await openDesk();
  const { address } = desk.database;
  const nobody = { memberName: 'nobody', reportError: () => undefined, onNotice: () => undefined };
  const source = new PostgresLogSource(address, nobody);
  await expect(source.rows(0, 10)).rejects.toThrow('integer');
  const left = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query ~ 'listen|advisory'`;
  await until(async () => expect(await desk.database.query(left)).toEqual([]));
  await source.close();
});

test.each([[['desk.NoteTaken', 'desk.NoteFiled']], [undefined]])(
  'a reader hears which types were appended: %j',
  async (types) => {
    await using desk = await openDesk();
    const heard: unknown[] = [];
    const onNotice = (told: unknown) => void heard.push(told);
    const source = new PostgresLogSource(desk.database.address, { reportError: () => undefined, onNotice });
    await source.rows(0, 10);
    await (types ? notifyAppended(desk.pool, { types }) : desk.pool.query(`notify ${APPENDED}`));
    await until(async () => expect(heard).toEqual([types]));
    await source.close();
  },
);

test('a reader hears of what other relays appended, and not of what its own did', async () => {
  await using desk = await openDesk();
  const heard: unknown[] = [];
  const onNotice = (told: unknown) => void heard.push(told);
  const source = new PostgresLogSource(desk.database.address, {
    reportError: () => undefined,
    onNotice,
    memberName: '7',
  });
  await source.rows(0, 10);
  for (const by of ['7', '77', undefined]) await notifyAppended(desk.pool, { by, types: [`desk.By${by}`] });
  await until(async () => expect(heard).toEqual([['desk.By77'], ['desk.Byundefined']]));
  await source.close();
});
