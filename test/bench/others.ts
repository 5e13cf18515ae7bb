import pg from 'pg';
import type { Place } from './jobs.ts';

/** A report that runs for hours: its snapshot keeps every dead row. */
export const holdSnapshot = (place: Place): Promise<() => Promise<void>> =>
  begin(place, 'begin isolation level repeatable read; select count(*) from pg_class');

/** Somebody else's transaction that has written and does not end. */
export const keepWriting = (place: Place): Promise<() => Promise<void>> =>
  begin(place, 'create table public.foreign_rows (id int); begin; insert into public.foreign_rows values (1)');

async function begin({ address }: Place, text: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ ...address });
  await client.connect();
  await client.query(text);
  return () => client.end();
}
