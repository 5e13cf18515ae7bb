import { doors } from '#app/contexts';
import { createMemoryBackbone } from '#app/persistence/memory-backbone';
import type { Hearer } from '#app/story';
import { openSystem } from '#app/system';
import { createInMemoryLedger, createSandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { createInMemoryTransport } from '#contexts/notifications/adapters/in-memory-transport';
import { systemClock } from '#shared-kernel/clock';

/** Every durable subscriber, as the application that is proved knows them. */
async function findHearers(): Promise<readonly Hearer[]> {
  const system = await openSystem({
    backbone: createMemoryBackbone(systemClock),
    gateway: createSandboxGateway({ ledger: createInMemoryLedger() }),
    transport: createInMemoryTransport(),
    passwords: { hash: async () => '', verify: async () => false },
    reportError: () => undefined,
  });
  await system.close();
  return system.hearers;
}

const hearers = await findHearers();

const OF_CONTEXTS = Object.keys(doors).flatMap((context) => [
  `select '${context}: parked ' || type || case when is_dead then ', dead' else '' end as what, count(*)::int as count
     from ${context}.parked group by 1`,
  `select '${context}: ' || state || ' ' || kind, count(*)::int from ${context}.request where state <> 'answered' group by 1`,
  `select '${context}: paused ' || names[1], 1 from ${context}.lane where paused_because is not null`,
]);

const UNHANDLED = hearers.map(
  ({ context, name, types }) => `
    select '${name} has not handled ' || type, count(*)::int from messaging.log
     where type in (${types.map((type) => `'${type}'`).join(', ')})
       and position > (select g.to_position from ${context}.ledger g join ${context}.lane l on l.id = g.lane_id
                        where '${name}' = any(l.names) order by g.from_position desc limit 1)
     group by 1`,
);

/** What the post office has not brought to a good end, as one snapshot sees it: `billing: failed billing.capturePayment`. */
export const LEFTOVERS = [...OF_CONTEXTS, ...UNHANDLED].join(' union all ');

export interface Leftover {
  readonly what: string;
  readonly count: number;
}

/** It will not come to a good end by itself any more, and nothing will follow from it. */
export const isOver = ({ what }: Leftover): boolean => /: failed |, dead$|: paused /.test(what);

/** A capture that nobody answers is given up and voided: that its request failed is how it should be. */
export const isAsItShouldBe = ({ what }: Leftover): boolean => what === 'billing: failed billing.capturePayment';
