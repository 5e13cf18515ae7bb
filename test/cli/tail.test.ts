import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followLog } from '#app/cli/events/follow-log';
import { histories } from '#app/contexts';
import { Bell } from '#events/messaging/bell';
import { realTiming } from '#events/messaging/timing';
import { type Child, startChild, urlOf } from '../app/child.ts';
import { ScriptedLog } from '../contracts/messaging/scripted-log.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { type Line, openLine } from '../support/line.ts';

describe('microlith events tail', () => {
  let database: TestDatabase;
  let line: Line;
  let child: Child;
  beforeEach(async () => {
    database = await createDatabase(histories);
    line = await openLine(database.address);
    await append('one');
    await append('two');
    const words = ['events', 'tail', '--from-beginning', '--personal'];
    child = await startChild(words, { DATABASE_URL: urlOf(line.address), LOG_LEVEL: '' });
    await child.until('two');
  });
  afterEach(async () => {
    await child[Symbol.asyncDispose]();
    await line[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const append = (key: string) =>
    database.query(
      `insert into messaging.log (id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, actor, source)
       values (gen_random_uuid(), 'catalog.ProductDiscontinued', 1, 'default', $1, '{}', now(), gen_random_uuid(), gen_random_uuid(), 'test', 'test')`,
      [key],
    );
  const keys = () => child.output.match(/(?<=Discontinued {2})\w+/g);

  test.each<[string, () => Promise<unknown>]>([
    ['ended by its server', () => database.query(TERMINATE)],
    ['cut', async () => line.hangUp()],
  ])('says so where its connection is %s, reads on where it was, and ends when it is told to', async (_how, strike) => {
    await strike();
    await append('three');
    await child.until('three');
    child.signal('SIGINT');
    expect(await child.ended).toBe(0);
    expect(keys()).toEqual(['one', 'two', 'three']);
    expect(child.output.match(/^microlith: .*/gm)).toEqual([
      expect.stringMatching(/^microlith: the database is lost, and asked again every second: ./),
      'microlith: the database is there again: reading on after position 2',
    ]);
    expect(child.output).not.toContain('    at ');
  });

  test('can be ended while the database is away', async () => {
    await line.cut();
    await child.until('the database is lost');
    child.signal('SIGINT');
    expect(await child.ended).toBe(0);
  });

  test('ends, and says why, where the event that it showed last is not in the log any more', async () => {
    await database.query(`update messaging.log set id = gen_random_uuid() where key = 'two'`);
    expect(await child.ended).toBe(1);
    expect(child.output).toMatch(/microlith: position 2 of the log is no longer event .*Nothing is guessed: see .*\n$/);
    expect(child.output).not.toContain('    at ');
  });
});

test('microlith events tail can be ended while it waits for the appenders at work, to begin behind them', async () => {
  const log = new ScriptedLog();
  log.draw('prepared, and never ended');
  const stop = new AbortController();
  const nothing = () => undefined;
  const on = { source: log, bell: new Bell(realTiming), fromBeginning: false, signal: stop.signal };
  const following = followLog({ ...on, onBegun: nothing, onEvents: nothing, say: nothing });
  await until(async () => expect(log.sightings).toBeGreaterThan(1));
  stop.abort();
  expect(await Promise.race([following.then(() => 'ended'), setTimeout(1_000, 'still following')])).toBe('ended');
});

const TERMINATE = `
  select pg_terminate_backend(pid) from pg_stat_activity
   where datname = current_database() and application_name = 'microlith' and query not like '%pg_terminate%'`;
