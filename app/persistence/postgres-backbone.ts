import { setTimeout as sleep } from 'node:timers/promises';
import { Bell } from '#events/messaging/bell';
import { realTiming } from '#events/messaging/timing';
import { createOperations } from '#events/messaging/adapters/postgresql/operations/operations';
import type { Pruned, Retention } from '#events/messaging/adapters/postgresql/operations/prune';
import { pruneDaily } from '#events/messaging/adapters/postgresql/operations/prune-daily';
import { readStatus } from '#events/messaging/adapters/postgresql/operations/status';
import { Announcer } from '#events/messaging/log/announcer';
import { noticeStatement, notifyAppended } from '#events/messaging/adapters/postgresql/log/channels';
import { preparePartitions } from '#events/messaging/adapters/postgresql/log/partitions';
import { LeasesOfTheGone } from '#events/messaging/adapters/postgresql/requests/leases';
import { createMemberName, lookAround } from '#events/messaging/adapters/postgresql/relay/members';
import { PostgresLogSource } from '#events/messaging/adapters/postgresql/log/log-source';
import { FACT_COLUMNS, type FactRow, toRecordedEvent } from '#events/messaging/adapters/postgresql/log/log-statements';
import { createPool, type DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { createReadBehind } from '#events/messaging/adapters/postgresql/log/read-behind';
import { send } from '#events/messaging/adapters/postgresql/transactions/statement';
import { PostgresStore } from '#events/messaging/adapters/postgresql/store';
import { dueWorkOf } from '#events/messaging/adapters/postgresql/relay/due-work';
import type { Lane } from '#events/messaging/lanes/lane-storage';
import { Attendance } from '#events/messaging/relay/attendance';
import { Membership } from '#events/messaging/relay/membership';
import { Relay } from '#events/messaging/relay/relay';
import { unfailing } from '#events/messaging/watching/unfailing';
import type { Clock } from '#shared-kernel/clock';
import type { Backbone, BackboneListeners, ReportError } from './backbone.ts';
import { contextHistory, findPending, logHistory, type SchemaHistory } from './migrate.ts';

export interface PostgresBackboneOptions extends BackboneListeners {
  readonly poolSize: number;
  readonly clock: Clock;
  readonly reportError: ReportError;
  /** How long things are kept; a relay sees to it once a day. */
  readonly retention?: Retention;
  readonly onPruned?: (pruned: Pruned) => void;
}

/** What is done again and again, and until when. */
interface Duty {
  readonly signal: AbortSignal;
  readonly duty: string;
}

/** Milliseconds. */
const LOOK_AROUND_EVERY = 1_000;
const LOOK_FOR_DUE_WORK_EVERY = 1_000;
const SIGN_OF_LIFE_EVERY = 1_000;
/** Who prunes today is asked so often. */
const AN_HOUR = 3_600_000;

/** One database: one log, one pool, a schema per context; and a connection for the regular looks, which so stay planned. */
export function createPostgresBackbone(address: DatabaseAddress, options: PostgresBackboneOptions): Backbone {
  const { poolSize, clock, tracing } = options;
  const reporting = (duty: string) => (error: unknown) => options.reportError(error, duty);
  const observer = unfailing(options.observer ?? {});
  const membership = new Membership(createMemberName());
  const pool = createPool(address, {
    largest: poolSize,
    memberName: membership.self,
    reportError: reporting('a connection of the pool'),
  });
  const looks = createPool(address, { largest: 1, reportError: reporting('the connection for looks') });
  const histories: SchemaHistory[] = [logHistory];
  const contexts: string[] = [];
  const sources: PostgresLogSource[] = [];
  const announcer = new Announcer({
    notify: (types) => notifyAppended(pool, { by: membership.self, types }),
    hasListeners: () => membership.hasOthers,
    concernsOthers: (type) => relay?.concernsOthers(type) ?? true,
    reportError: reporting('telling other processes of facts'),
    timing: realTiming,
  });
  let relay: Relay | undefined;
  let listening: PostgresLogSource | undefined;
  const noticeOf = (types: readonly string[]) => {
    const notice = announcer.openNotice(types);
    return notice && { statement: noticeStatement({ by: membership.self, types: notice.types }), heed: notice.heed };
  };
  const onAppended = (context: string, types: readonly string[], isTold: boolean) => {
    relay?.wake(types);
    if (!isTold) announcer.announce(types);
    observer.published?.({ context, events: types.length });
  };
  let preparedUpTo = 0;
  const prepareLog = async (drawn: number) => {
    if (drawn >= preparedUpTo) preparedUpTo = await preparePartitions(pool);
  };
  const leases = new LeasesOfTheGone(pool, new Attendance(membership.self, realTiming));
  const every = async (milliseconds: number, { signal, duty }: Duty, work: () => Promise<void> | undefined) => {
    while (!signal.aborted) {
      await work()?.catch(reporting(duty));
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    }
  };
  const closing = new AbortController();
  let remaining: Promise<void> | undefined;
  /** Calls are still under way when nobody reads the log any more: while this is a member, nobody else makes them. */
  const remain = () => {
    remaining ??= every(SIGN_OF_LIFE_EVERY, { signal: closing.signal, duty: 'remaining a member' }, () =>
      listening?.remain(),
    );
  };
  const pruneToday = async (signal: AbortSignal) => {
    const pruned = options.retention && (await pruneDaily(pool, options.retention, { signal }));
    if (pruned) options.onPruned?.(pruned);
  };
  const tendOnce = async () => {
    const { members, upFor, drawn, positions } = await lookAround(looks, membership.hasOthers ? contexts : []);
    const lanes = relay?.lanes.map(({ lane }) => lane.id);
    membership.update(members, lanes);
    relay?.hearOf(positions);
    relay?.lookAsFarAs(drawn);
    await Promise.all([
      leases.end(contexts, { members, upFor }).catch(reporting('ending the leases of processes that are gone')),
      prepareLog(drawn).catch(reporting('making partitions')),
    ]);
  };

  return {
    async open(doors) {
      const { context } = doors.mikroOrm;
      contexts.push(context);
      histories.push(contextHistory(context, doors.migrations));
      return PostgresStore.open(doors.mikroOrm, {
        pool,
        clock,
        tracing,
        noticeOf,
        onAppended: (types, isTold) => onAppended(context, types, isTold),
        memberName: membership.self,
      });
    },
    createRelay(parts) {
      const onNotice = (types?: readonly string[]) => relay?.wake(types);
      const onOperated = () => relay?.reconsider();
      const source = new PostgresLogSource(address, {
        reportError: reporting('the connection that reads the log'),
        onNotice,
        onOperated,
        memberName: membership.self,
      });
      const isMine = (lane: Lane) => membership.isMine(lane);
      sources.push(source);
      listening = source;
      relay = new Relay({ ...parts, source, tracing, readBehind: createReadBehind(pool), isMine });
      return relay;
    },
    lookForDueWork: () => dueWorkOf(looks, contexts),
    untilTurn: () => membership.untilTurn(Date.now(), LOOK_FOR_DUE_WORK_EVERY),
    async findEnd() {
      const text = 'select position from messaging.log order by position desc limit 1';
      const { rows } = await send<{ position: number }>(pool, { text, values: [] });
      return rows[0]?.position ?? 0;
    },
    async findStory(correlationId) {
      const text = `
        select position, recorded_at, ${FACT_COLUMNS} from messaging.log where correlation_id = $1 order by position`;
      const { rows } = await send<FactRow>(pool, { text, values: [correlationId] });
      return rows.map(toRecordedEvent);
    },
    async tend(signal) {
      signal.addEventListener('abort', remain, { once: true });
      await Promise.all([
        every(LOOK_AROUND_EVERY, { signal, duty: 'looking around' }, tendOnce),
        every(AN_HOUR, { signal, duty: 'pruning' }, () => pruneToday(signal)),
      ]);
    },
    operations: (subscribers) => createOperations(pool, subscribers),
    follow: () => {
      const bell = new Bell(realTiming);
      const source = new PostgresLogSource(address, {
        reportError: reporting('the connection that reads the log'),
        onNotice: () => bell.ring(),
      });
      sources.push(source);
      return { source, bell };
    },
    readStatus: (subscribers) => readStatus(looks, subscribers),
    poolUse: () => ({
      process: membership.self,
      size: poolSize,
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    isListening: () => listening?.isListening ?? false,
    async assertReady() {
      const pending = await findPending(pool, histories);
      if (pending.length > 0) throw new Error(`migrations are missing: ${pending.join(', ')}`);
    },
    async close() {
      closing.abort();
      await remaining;
      announcer.close();
      for (const source of sources) await source.close();
      await Promise.all([pool.end(), looks.end()]);
    },
  };
}
