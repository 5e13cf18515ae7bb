import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { onConnection } from '../proofs/support/ground.ts';
import { subscribers } from './office/subscribers.ts';
import type { Effect, Evidence, LoggedFact, Parking } from './verdict.ts';

const LOG = `
  select position::int, id, type, tenant_id as tenant, key, data->>'account' as account, (data->>'number')::int as number,
         data->>'command' as command, data->>'poison' as poison,
         (data->>'due')::float8 as due, extract(epoch from recorded_at)::float8 * 1000 as "recordedAt"
    from messaging.log order by position`;
const EFFECTS = `select sequence::int, subscriber, event_id as "eventId" from chaos.effects`;
const ACCOUNTS = `select tenant_id || '/' || id as name, entries from chaos.accounts`;
const PARKED = `select names[1] as subscriber, p.id as "eventId", error from chaos.parked p join chaos.lane l on l.id = lane_id`;
const WAS_PARKED = `select names[1] as subscriber, event_id as "eventId", error from chaos.was_parked p join chaos.lane l on l.id = lane_id`;

/** Everything a database tells of what happened in it. */
export const readEvidence = (admin: DatabaseAddress, acknowledged: readonly string[]): Promise<Evidence> =>
  onConnection(admin, async (client) => {
    const accounts = await client.query<{ name: string; entries: number }>(ACCOUNTS);
    return {
      subscribers,
      acknowledged,
      log: (await client.query<LoggedFact & Record<string, unknown>>(LOG)).rows,
      effects: (await client.query<Effect & Record<string, unknown>>(EFFECTS)).rows,
      accounts: new Map(accounts.rows.map(({ name, entries }) => [name, entries])),
      parked: (await client.query<Parking & Record<string, unknown>>(PARKED)).rows,
      wasParked: (await client.query<Parking & Record<string, unknown>>(WAS_PARKED)).rows,
    };
  });
