import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { UnderWay } from '#app/watchdog/under-way';
import { noteSuspects } from '#events/messaging/adapters/postgresql/lanes/suspects';
import { BEGINNING } from '#events/messaging/log/log';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { uuidV7 } from '#shared-kernel/uuid';
import { type DeskScope, NoteTaken } from '../contracts/messaging/desk/note.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { until } from '../support/eventually.ts';
import { relayOn as relay, takeTexts, textsFiled } from '../support/desk-work.ts';

const subscriber = defineSubscriber<DeskScope>()({
  name: 'desk.fileNotes',
  on: NoteTaken,
  handle: async ({ notes }, { data }) => notes.add(data.text),
});

/** What is parked stays so for as long as a test takes. */
const AN_HOUR = 3_600_000;

const program = fileURLToPath(new URL('./watchdog/blocked.ts', import.meta.url));

const relayOn = (desk: Desk) =>
  relay(desk, [subscriber], { settings: { retry: { first: AN_HOUR, longest: AN_HOUR } } });

const parkedIn = ({ database }: Desk) =>
  database.query<{ key: string; error: string }>('select key, error from desk.parked order by position');

test('a process whose loop is blocked ends, says by whom, and notes the event', async () => {
  await using desk = await openDesk();
  await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
  await takeTexts(desk, 'a');
  const [event] = await desk.source.rows(0, 10);
  const blocked = spawn(
    process.execPath,
    [program, subscriber.name, event!.id, JSON.stringify(desk.database.address)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [said, [, signal]] = await Promise.all([text(blocked.stderr), once(blocked, 'exit')]);
  expect(signal).toBe('SIGKILL');
  expect(said).toContain(`The event loop was blocked for 200 ms by desk.fileNotes with event ${event!.id}`);
  expect(await desk.database.query('select position::int, starts from desk.trial')).toEqual([
    { position: event!.position, starts: 1 },
  ]);
});

test('a process whose loop is blocked by no event says so', async () => {
  const blocked = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [, signal]] = await Promise.all([text(blocked.stderr), once(blocked, 'exit')]);
  expect(signal).toBe('SIGKILL');
  expect(said).toContain(
    'blocked for 200 ms by no event (perhaps an HTTP request, or a collection of garbage); the process ends',
  );
});

test('an event that was noted alone is parked at the next try, and nothing else is', async () => {
  await using desk = await openDesk();
  await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
  await takeTexts(desk, 'a', 'b', 'poison', 'c', 'd');
  const poison = (await desk.source.rows(0, 10))[2]!;
  await noteSuspects(desk.database.address, [{ subscriber: subscriber.name, eventId: poison.id }]);
  await relayOn(desk).relayOnce();
  expect(await textsFiled(desk)).toEqual(['a', 'b', 'c', 'd']);
  expect(await parkedIn(desk)).toEqual([
    { key: 'poison', error: 'the process ended while this event was being handled' },
  ]);
});

test('an event that is noted again when it is retried is dead: it ends no third process', async () => {
  await using desk = await openDesk();
  await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
  await takeTexts(desk, 'poison');
  const [poison] = await desk.source.rows(0, 10);
  const suspect = { subscriber: subscriber.name, eventId: poison!.id };
  await noteSuspects(desk.database.address, [suspect]);
  await relayOn(desk).relayOnce();
  await noteSuspects(desk.database.address, [suspect, suspect]);
  expect(await desk.database.query('select is_dead from desk.parked')).toEqual([{ is_dead: false }]);
  await noteSuspects(desk.database.address, [suspect]);
  expect(await desk.database.query('select is_dead from desk.parked')).toEqual([{ is_dead: true }]);
});

test('of several that were noted together none is parked without a try of its own', async () => {
  await using desk = await openDesk();
  await desk.store.lanes.enlist([subscriber], async () => BEGINNING);
  await takeTexts(desk, 'a', 'b', 'c');
  const [, b, c] = await desk.source.rows(0, 10);
  await noteSuspects(
    desk.database.address,
    [b!, c!].map(({ id }) => ({ subscriber: subscriber.name, eventId: id })),
  );
  await relayOn(desk).relayOnce();
  expect(await textsFiled(desk)).toEqual(['a', 'b', 'c']);
  expect(await parkedIn(desk)).toEqual([]);
});

test('a connection on which an event could not be noted is ended', async () => {
  await using desk = await openDesk();
  const noted = noteSuspects(desk.database.address, [{ subscriber: 'nowhere.fileNotes', eventId: uuidV7() }]);
  await expect(noted).rejects.toThrow('nowhere.parked');
  await until(async () => {
    const [others] = await desk.database.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and query like '%nowhere%'
          and pid <> pg_backend_pid()`,
    );
    expect(others!.count).toBe(0);
  });
});

test('what is under way is read as it was marked', () => {
  const underWay = new UnderWay();
  const elsewhere = new UnderWay(underWay.memory);
  underWay.mark('desk.fileNotes', 'event-1');
  underWay.mark('desk.sendNotes', 'event-2');
  underWay.mark('desk.fileNotes', null);
  expect(elsewhere.read()).toEqual([{ subscriber: 'desk.sendNotes', eventId: 'event-2' }]);
  underWay.turn();
  expect(elsewhere.turns).toBe(1);
});
