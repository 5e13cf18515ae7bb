import type { ReadBehind } from '#events/messaging/lanes/lane-reader';
import { moved } from '#events/messaging/log/log';
import type { DatabaseServer } from '../database/server.ts';
import type { Pool } from './pool.ts';

/** Rows one read may bring. Few, so that a lane reads more than once. */
const MOST = 5;

/** Settled history for a lane that is behind, from any connection. */
export const createReadBehind =
  (pool: Pool, server: DatabaseServer): ReadBehind =>
  (types, after, through) =>
    pool.lend((connection) =>
      // oxlint-disable-next-line require-yield
      connection.send(`read behind from ${after.position}`, function* () {
        const { log, run } = server;
        const start = log.indexAfter(after.position);
        if (after.eventId !== null && log.rows[start - 1]?.id !== after.eventId) throw moved(after);
        const rows = log.rows.slice(start, log.indexAfter(through.position));
        const wanted = rows.filter(({ type }) => types.includes(type)).slice(0, MOST);
        const last = wanted.length === MOST ? wanted.at(-1)! : rows.at(-1);
        const to = last ? { position: last.position, eventId: last.id } : through;
        return { after, to, events: wanted, server: run };
      }),
    );
