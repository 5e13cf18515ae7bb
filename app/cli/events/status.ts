import type { Command } from 'commander';
import { type Alarm, alarmsOf, DEFAULT_ALARM_LIMITS, isAgeKnown } from '#events/messaging/watching/alarms';
import { counted } from '#events/messaging/watching/counted';
import type { AppenderStatus, LaneStatus, PostOfficeStatus, RequestStatus } from '#events/messaging/watching/status';
import { readConfig } from '../../config.ts';
import { renderTable } from '../table.ts';
import { print, printJson } from '../print.ts';
import { withOperations } from '../with-host.ts';

export const addStatus = (events: Command): Command =>
  events
    .command('status')
    .description(
      'how far every lane is, what is parked, what the outside was asked, and who holds delivery back; exit code 1 if anything needs a person',
    )
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withOperations(async (operations) => {
        const status = await operations.status();
        const alarms = alarmsOf(status, { ...DEFAULT_ALARM_LIMITS, lag: readConfig().lagLimit });
        if (json) printJson({ ...status, alarms });
        else print(render(status, alarms));
        if (alarms.length > 0) process.exitCode = 1;
      }),
    );

const HEADINGS = [
  'lane',
  'position',
  'behind',
  'by',
  'oldest unhandled',
  'per second',
  'parked',
  'dead',
  'held by pid',
  'state',
];

const REQUEST_HEADINGS = ['asked of the outside', 'waiting', 'failing', 'dead', 'oldest'];

const render = (status: PostOfficeStatus, alarms: readonly Alarm[]): string =>
  [
    `the log ends at ${status.end}, begins after ${status.floor}; relays running: ${status.relays}`,
    '',
    renderTable(HEADINGS, status.lanes.map(renderLane)),
    ...status.lanes.filter(({ blockedKeys }) => blockedKeys.length > 0).map(renderBlocked),
    ...(status.requests.length > 0 ? ['', renderTable(REQUEST_HEADINGS, status.requests.map(renderRequests))] : []),
    ...(status.gap ? [`\nheld back after position ${status.gap.after}: ${counted(status.gap.waiting, 'event')}`] : []),
    ...status.appenders.map(renderAppender),
    ...(status.pools.length > 0 ? ['', ...status.pools.map(renderPool)] : []),
    ...(alarms.length > 0 ? ['', ...alarms.map(({ what, todo }) => `! ${what}\n    ${todo}`)] : []),
  ].join('\n');

const renderLane = (lane: LaneStatus) => [
  lane.subscriber,
  lane.position,
  `${lane.isEstimated ? '~' : ''}${lane.behind}`,
  lane.behind === 0 ? '-' : `${lane.behindSeconds.toFixed(1)} s`,
  lane.oldestUnhandled?.id ?? '-',
  lane.rate < 10 ? lane.rate.toFixed(2) : lane.rate.toFixed(0),
  lane.parked,
  lane.dead,
  lane.heldBy === null ? '-' : String(lane.heldBy),
  stateOf(lane),
];

const renderRequests = ({ kind, waiting, failing, dead, oldestSeconds }: RequestStatus) => [
  kind,
  waiting,
  failing,
  dead,
  `${oldestSeconds.toFixed(1)} s`,
];

const renderBlocked = ({ subscriber, blockedKeys, blockedKeyCount }: LaneStatus): string => {
  const more = blockedKeyCount - blockedKeys.length;
  return `\n${subscriber} holds back: ${blockedKeys.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

function renderAppender(appender: AppenderStatus): string {
  const { pid, seconds, state, query, hiddenBy } = appender;
  const orLonger = isAgeKnown(appender) ? '' : ' or longer';
  const age = seconds === null ? 'an unknown time' : `${seconds.toFixed(1)} s${orLonger}`;
  if (pid === null) return `\nappending for ${age}: ${state}`;
  if (hiddenBy === null) return `\nappending for ${age}: pid ${pid}, ${state}: ${query ?? ''}`;
  return `\nappending for ${age}: pid ${pid}, of role ${hiddenBy}, which hides state and query`;
}

const renderPool = ({ process, busy, size }: PostOfficeStatus['pools'][number]): string =>
  `process ${process}: ${busy} of ${size} connections busy`;

const stateOf = ({ pausedBecause, isRetired, lostAfter, isOrphaned }: LaneStatus): string => {
  if (isRetired) return 'retired';
  if (lostAfter !== null) return 'lost';
  if (pausedBecause !== null) return 'paused';
  return isOrphaned ? 'orphaned' : 'running';
};
