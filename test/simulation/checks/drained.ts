import type { ParkedRow, Schema } from '../database/rows.ts';
import type { DatabaseServer } from '../database/server.ts';
import { TYPES_OF } from '../office/subscribers.ts';
import type { Books } from './books.ts';

/** Whether all is done that ever will be. */
export const isDrained = (server: DatabaseServer, books: Books): boolean =>
  !books.hasOutstanding && findLeftovers(server, books).next().done === true;

/** What is left to do, in words. */
export function* findLeftovers(server: DatabaseServer, books: Books): Generator<string> {
  for (const what of books.describeOutstanding()) yield `${what} is to be handled`;
  for (const schema of server.schemas.values()) {
    for (const { state, id } of schema.requests.rows.values()) if (state === 'pending') yield `request ${id}`;
    for (const name of schema.scheduled.rows.keys()) yield `due fact ${name}`;
    for (const { id, subscriber } of schema.lanes.rows.values())
      if (endOf(schema, id) < lastOf(server, subscriber)) yield `${subscriber} has not come to the end`;
    for (const row of schema.parked.rows.values())
      if (!restsForEver(row, schema, books)) yield `parked ${row.event.position}, ${row.attempts} attempts`;
  }
}

const endOf = (schema: Schema, laneId: string) =>
  Math.max(...[...schema.ledgerOf(laneId).rows.values()].map(({ to }) => to.position));

const lastOf = ({ log }: DatabaseServer, subscriber: string) =>
  log.rows.findLast(({ type }) => TYPES_OF.get(subscriber)!.includes(type))?.position ?? 0;

/** Dead, or behind a dead one of its key; and so it should be. */
const restsForEver = (row: ParkedRow, { parked }: Schema, books: Books) =>
  books.isLostForEver(row) &&
  [...parked.rows.values()].some(
    ({ isDead, laneId, event }) =>
      isDead &&
      laneId === row.laneId &&
      event.tenantId === row.event.tenantId &&
      event.key === row.event.key &&
      event.position <= row.event.position,
  );
