import type pg from 'pg';
import { afterAll, expect } from 'vitest';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '#events/messaging/adapters/postgresql/log/log-statements';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { createMemberName } from '#events/messaging/adapters/postgresql/relay/members';
import { createPool } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { Relay } from '#events/messaging/relay/relay';
import { createStation } from '#events/messaging/relay/station';
import { contextHistory, logHistory } from '#app/persistence/migrate';
import { systemClock } from '#shared-kernel/clock';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/eventually.ts';
import { describeDelivery } from './delivery.contract.ts';
import { describeEvolution } from './evolution.contract.ts';
import { describeLanes } from './lanes.contract.ts';
import { describeRequestEndings } from './request-endings.contract.ts';
import { describeRequestLeases } from './request-leases.contract.ts';
import { describeRequestPlaces } from './request-places.contract.ts';
import { describeRequests } from './requests.contract.ts';
import { describeSchedule } from './schedule.contract.ts';
import { deskMigrations, deskOnMikroOrm } from './desk/mikro-orm.ts';
import { deskCodec, type OpenPostOffice } from './post-office.ts';
import { describeUnitOfWork } from './unit-of-work.contract.ts';

const ignore = () => undefined;

/** One for all tests, each of which finds it empty: a connection costs more than what most of them do. */
let place: Promise<{ readonly database: TestDatabase; readonly pool: pg.Pool }> | undefined;

async function openPlace() {
  const database = await createDatabase([logHistory, contextHistory('desk', deskMigrations)]);
  return { database, pool: createPool(database.address, { largest: 10, reportError: ignore }) };
}

afterAll(async () => {
  const { database, pool } = await place!;
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const CLEAR = `
  do $$ begin
    execute (
      select 'truncate messaging.log, ' || string_agg(oid::regclass::text, ', ') || ' restart identity'
        from pg_class where relnamespace = 'desk'::regnamespace and relkind = 'r' and relname <> 'migration');
  end $$`;

const open: OpenPostOffice = async () => {
  const { database, pool } = await (place ??= openPlace());
  const store = await PostgresStore.open(deskOnMikroOrm, { pool, clock: systemClock, onAppended: ignore });
  const sources: PostgresLogSource[] = [];
  return {
    store,
    log: async () => {
      const rows = await database.query<FactRow>(
        `select position::int, recorded_at, ${FACT_COLUMNS.replace('data', 'data::text')} from messaging.log order by log.position`,
      );
      return rows.map(toRecordedEvent);
    },
    relay: (subscribers, options) => {
      const source = new PostgresLogSource(database.address, {
        reportError: ignore,
        onNotice: ignore,
        memberName: createMemberName(),
      });
      sources.push(source);
      return new Relay({
        source,
        readBehind: createReadBehind(pool),
        bus: createBus(deskCodec.types, ignore),
        codec: deskCodec,
        stations: [createStation(store, subscribers)],
        ...options,
      });
    },
    [Symbol.asyncDispose]: async () => {
      for (const source of sources) await source.close();
      await until(async () => expect(pool.idleCount, 'what was begun has ended').toBe(pool.totalCount));
      await database.query(CLEAR);
    },
  };
};

describeUnitOfWork('on PostgreSQL', open);
describeDelivery('on PostgreSQL', open);
describeLanes('on PostgreSQL', open);
describeEvolution('on PostgreSQL', open);
describeRequests('on PostgreSQL', open);
describeRequestEndings('on PostgreSQL', open);
describeRequestLeases('on PostgreSQL', open);
describeRequestPlaces('on PostgreSQL', open);
describeSchedule('on PostgreSQL', open);
