import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { type MockInstance, vi } from 'vitest';

/** Counts from now on how often a connection writes to its socket. */
export function countWrites(client: pg.PoolClient): () => number {
  const { stream } = (client as unknown as { connection: { stream: Required<Duplex> } }).connection;
  const spies: MockInstance[] = [vi.spyOn(stream, '_write'), vi.spyOn(stream, '_writev')];
  return () => spies.flatMap(({ mock }) => mock.calls).length;
}
