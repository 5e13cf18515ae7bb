import type pg from 'pg';
import { isInForce } from '../lanes/lane-positions.ts';
import { type Queryable, send } from '../transactions/statement.ts';
import { findDesks } from './desks.ts';

/** A durable subscriber as the running code knows it. */
export interface KnownSubscriber {
  readonly context: string;
  readonly name: string;
  readonly types: readonly string[];
}

/** A lane as an operator finds it. */
export interface FoundLane {
  readonly context: string;
  readonly id: string;
  readonly names: readonly string[];
  /** It rests for good, and holds no history. */
  readonly isRetired: boolean;
}

/** There is no such lane; the message names those that are. */
export class NoSuchLane extends Error {
  constructor(subscriber: string, known: readonly string[]) {
    super(`there is no subscriber ${subscriber}; there are: ${known.toSorted().join(', ')}`);
    this.name = 'NoSuchLane';
  }
}

/** All lanes of a database, also retired ones, whether running code knows their subscriber or not. */
export async function findLanes(connection: Queryable): Promise<readonly FoundLane[]> {
  const text = (await findDesks(connection))
    .map(
      (context) => `
        select '${context}' as context, l.id::text, l.names, l.retired_at is not null as "isRetired"
          from ${context}.lane l where ${isInForce(context, 'l')}`,
    )
    .join(' union all ');
  if (text === '') return [];
  return (await send<FoundLane & pg.QueryResultRow>(connection, { text, values: [] })).rows;
}

/** The lane of a subscriber, by any name it ever had. @throws {NoSuchLane} */
export async function laneOf(connection: Queryable, subscriber: string): Promise<FoundLane> {
  const lanes = await findLanes(connection);
  const lane = lanes.find(({ names }) => names.includes(subscriber));
  if (!lane)
    throw new NoSuchLane(
      subscriber,
      lanes.flatMap(({ names }) => names),
    );
  return lane;
}
