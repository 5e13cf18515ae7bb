import pg from 'pg';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** Commits that have begun on the server and cannot end yet. */
export interface HeldCommits {
  /** Lets them end, and every later one. */
  release(): Promise<void>;
}

const LOCK = 4_711;

/** Holds every commit that has inserted into a table, in its middle: all its statements have run, its locks are held. */
export async function holdCommits(address: DatabaseAddress, table: string): Promise<HeldCommits> {
  const client = new pg.Client(address);
  await client.connect();
  await client.query(`select pg_advisory_lock(${LOCK})`);
  await client.query(`
    create function public.wait_for_the_test() returns trigger language plpgsql set lock_timeout = 0 as
      'begin perform pg_advisory_xact_lock_shared(${LOCK}); return null; end';
    create constraint trigger held after insert on ${table} deferrable initially deferred
      for each row execute function public.wait_for_the_test()`);
  let releasing: Promise<void> | undefined;
  return { release: () => (releasing ??= client.end()) };
}
