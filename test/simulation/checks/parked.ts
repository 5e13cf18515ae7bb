import type { DatabaseServer } from '../database/server.ts';
import { isOfOneKey } from '../storage/parked.ts';
import { PromiseBroken } from './promise-broken.ts';

/** @throws {PromiseBroken} when an event could be tried again for longer than so many milliseconds, and nobody does */
export function checkParked({ schemas, now }: DatabaseServer, patience: number): void {
  for (const { parked } of schemas.values()) {
    const rows = [...parked.rows.values()];
    const isHead = ({ laneId, event }: (typeof rows)[number]) =>
      !rows.some(
        (other) => other.laneId === laneId && isOfOneKey(other.event, event) && other.event.position < event.position,
      );
    const forgotten = rows.find((row) => !row.isDead && row.dueAt + patience < now && isHead(row));
    if (forgotten) throw new PromiseBroken(`the parked event ${forgotten.event.position} is not tried again`);
  }
}
