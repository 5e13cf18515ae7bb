import { expect, test } from 'vitest';
import { histories } from '#app/contexts';
import { createDatabase } from '../support/database.ts';
import { until } from '../support/eventually.ts';
import { openSystemOn } from '../support/system.ts';

const MEMBERS = `select objid::text as name, pid from pg_locks
  where locktype = 'advisory' and objsubid = 2 and database = (select oid from pg_database where datname = current_database())`;

const ignore = () => undefined;

test('a process that stops is seen by others until its calls have ended, also where it loses its connection meanwhile', async () => {
  await using database = await createDatabase(histories);
  const members = () => database.query<{ name: string; pid: number }>(MEMBERS);
  const system = await openSystemOn(database.address, { reportError: ignore });
  const stop = new AbortController();
  const running = system.run(stop.signal);
  await until(async () => expect(await members()).toHaveLength(1));
  const [{ name, pid }] = (await members()) as [{ name: string; pid: number }];
  stop.abort();
  await running;
  await database.query('select pg_terminate_backend($1, 10000)', [pid]);
  await until(async () => expect(await members()).toMatchObject([{ name }]));
  await system.close();
  expect(await members()).toEqual([]);
});
