import { Gauge, type Registry } from 'prom-client';
import type { Relay } from '#events/messaging/relay/relay';
import type { LaneStatus, PostOfficeStatus, RequestStatus } from '#events/messaging/watching/status';
import { within } from '#events/messaging/within';
import type { PoolUse } from './persistence/backbone.ts';
import type { Watch } from './watch.ts';

export interface Observed {
  readonly relay: Relay;
  readonly poolUse: () => PoolUse;
  readonly isListening: () => boolean;
  /** Left out in memory: there is nothing to look at but the relay. */
  readonly watch?: Watch | undefined;
}

/** What the database says of each lane: the same, whichever process is asked. */
const OF_LANES: readonly (readonly [name: string, help: string, read: (lane: LaneStatus) => number])[] = [
  ['microlith_lane_position', 'How far a lane has come in the log.', ({ position }) => position],
  ['microlith_lane_lag_events', 'Events that a lane has still to handle.', ({ behind }) => behind],
  [
    'microlith_lane_lag_seconds',
    'Age of the oldest event that a lane has to handle.',
    ({ behindSeconds }) => behindSeconds,
  ],
  ['microlith_lane_still_seconds', 'Time since a lane moved.', ({ stillSeconds }) => stillSeconds],
  ['microlith_lane_parked_events', 'Parked events that are tried again by themselves.', ({ parked }) => parked],
  ['microlith_lane_dead_events', 'Parked events that wait for an operator.', ({ dead }) => dead],
  ['microlith_lane_paused', '1 while a lane is paused.', ({ pausedBecause }) => Number(pausedBecause !== null)],
];

/** What it says of the requests of each kind that have not ended. */
const OF_REQUESTS: readonly (readonly [name: string, help: string, read: (requests: RequestStatus) => number])[] = [
  ['microlith_requests_waiting', 'Requests to the outside that are tried by themselves.', ({ waiting }) => waiting],
  ['microlith_requests_failing', 'Of these, those that have failed before.', ({ failing }) => failing],
  ['microlith_requests_dead', 'Requests to the outside that wait for an operator.', ({ dead }) => dead],
  [
    'microlith_request_oldest_seconds',
    'Age of the oldest request that could be performed.',
    ({ oldestSeconds }) => oldestSeconds,
  ],
];

const OF_LOG: readonly (readonly [name: string, help: string, read: (status: PostOfficeStatus) => number])[] = [
  ['microlith_log_position', 'The end of the log.', ({ end }) => end],
  [
    'microlith_log_held_back_events',
    'Events behind a gap that somebody may still fill.',
    ({ gap }) => gap?.waiting ?? 0,
  ],
  ['microlith_relays', 'Relays at work on the log.', ({ relays }) => relays],
];

/** Gauges that are read when somebody asks. */
export function watchPostOffice(registry: Registry, { relay, poolUse, isListening, watch }: Observed): void {
  const add = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void | Promise<void>) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        collect() {
          return collect(this);
        },
      }),
    );

  add(
    'microlith_pool_connections',
    'Connections to the database by what they do, and who waits for one.',
    ['state'],
    (gauge) => {
      const { busy, idle, waiting } = poolUse();
      for (const [state, count] of Object.entries({ busy, idle, waiting })) gauge.set({ state }, count);
    },
  );
  add(
    'microlith_listener_connected',
    '1 while news of other processes comes at once; else the log is looked at once a second.',
    [],
    (gauge) => gauge.set(Number(isListening())),
  );
  add(
    'microlith_lane_unread_positions',
    'Settled positions that a lane has still to pass, as this process knows.',
    ['lane'],
    (gauge) => {
      for (const { lane, at } of relay.lanes)
        gauge.set({ lane: lane.subscriber }, Math.max(0, relay.frontier.position - at.position));
    },
  );
  if (!watch) return;
  add('microlith_alarm', '1 for each thing that needs a person.', ['alarm', 'subject'], (gauge) => {
    gauge.reset();
    for (const { name: alarm, subject } of watch.raised) gauge.set({ alarm, subject }, 1);
  });
  const look = () => lookSoon(watch);
  add('microlith_status_readable', '1 while the database says how the post office is.', [], async (gauge) =>
    gauge.set(Number((await look()) !== undefined)),
  );
  for (const [name, help, read] of OF_LANES)
    add(name, help, ['lane'], async (gauge) => {
      const lanes = (await look())?.lanes ?? [];
      gauge.reset();
      for (const lane of lanes) gauge.set({ lane: lane.subscriber }, read(lane));
    });
  for (const [name, help, read] of OF_REQUESTS)
    add(name, help, ['kind'], async (gauge) => {
      const kinds = (await look())?.requests ?? [];
      gauge.reset();
      for (const requests of kinds) gauge.set({ kind: requests.kind }, read(requests));
    });
  for (const [name, help, read] of OF_LOG)
    add(name, help, [], async (gauge) => {
      const status = await look();
      if (status) gauge.set(read(status));
      else gauge.remove();
    });
}

/** Milliseconds: Prometheus gives up a scrape after ten seconds, and then has nothing at all. */
const LOOK_WITHIN = 3_000;

/** Nothing where the look fails or takes too long; whoever asks next waits for the same one. */
const lookSoon = (watch: Watch): Promise<PostOfficeStatus | undefined> =>
  within(LOOK_WITHIN, watch.look(), () => new Error('the database does not answer')).catch(() => undefined);
