import { counted } from './counted.ts';
import type { AppenderStatus, LaneStatus, PoolStatus, PostOfficeStatus, RequestStatus } from './status.ts';

/** Something that needs a person. Two with the same name and subject are one. */
export interface Alarm {
  readonly name: AlarmName;
  /** The lane, the kind of request, the process or the backend that it is about; empty: the post office as a whole. */
  readonly subject: string;
  readonly what: string;
  readonly todo: string;
}

/** What may need a person; what each means, and what to do, is in docs/guides/operations.md. */
export type AlarmName =
  | 'no-relay'
  | 'lane-paused'
  | 'lane-lagging'
  | 'lane-stuck'
  | 'lane-dead'
  | 'lane-lost'
  | 'lane-orphaned'
  | 'lane-retired'
  | 'request-dead'
  | 'request-unanswered'
  | 'gap-held'
  | 'pool-full'
  | 'status-unreadable';

/** From when on a thing needs a person, seconds. */
export interface AlarmLimits {
  readonly lag: number;
  readonly standstill: number;
  readonly gap: number;
  /** How long the outside may leave a request unanswered. */
  readonly request: number;
}

export const DEFAULT_ALARM_LIMITS: AlarmLimits = { lag: 60, standstill: 30, gap: 5, request: 900 };

/** Everything about a post office that needs a person. No query is quoted: there may be persons and secrets in it. */
export const alarmsOf = (status: PostOfficeStatus, limits: AlarmLimits = DEFAULT_ALARM_LIMITS): readonly Alarm[] => [
  ...relayAlarms(status),
  ...gapAlarms(status, limits),
  ...status.lanes.flatMap((lane) => laneAlarms(lane, { limits, status })),
  ...status.requests.flatMap((requests) => requestAlarms(requests, limits)),
  ...status.pools.filter(isFull).map(poolAlarm),
];

/** Nobody knows how the rest is: what was found before goes on being told. */
export const unreadableAlarm = (reason: string): Alarm => ({
  name: 'status-unreadable',
  subject: '',
  what: `the post office cannot be looked at, and its other alarms are those of the last look: ${reason}`,
  todo: 'see whether npx microlith events status can look; where the database does not answer, or is too slow, see to it',
});

const relayAlarms = ({ relays }: PostOfficeStatus): Alarm[] =>
  relays > 0
    ? []
    : [{ name: 'no-relay', subject: '', what: 'no relay is running', todo: 'start a server: npx microlith start' }];

function gapAlarms({ gap, appenders }: PostOfficeStatus, limits: AlarmLimits): Alarm[] {
  if (!gap) return [];
  return appenders
    .filter(({ seconds }) => seconds === null || seconds >= limits.gap)
    .map((appender) => ({
      name: 'gap-held',
      subject: appender.pid === null ? appender.state : `pid ${appender.pid}`,
      what: `delivery is held back after position ${gap.after}: a transaction that appends is open for ${ageOf(appender)}`,
      todo: endingOf(appender),
    }));
}

/** What is not to be seen of somebody is told by what waits behind it. */
export const isAgeKnown = ({ pid, gid, hiddenBy }: AppenderStatus): boolean =>
  hiddenBy === null && (pid ?? gid) !== null;

function ageOf(appender: AppenderStatus): string {
  const { seconds, state, hiddenBy } = appender;
  const orLonger = isAgeKnown(appender) ? '' : ' or longer';
  const age = seconds === null ? 'an unknown time' : `${Math.round(seconds)} s${orLonger}`;
  return `${age} (${hiddenBy === null ? state : `of role ${hiddenBy}, which hides more`})`;
}

/** Whoever prepared a transaction has to end it, or a superuser, and in the same database. */
function endingOf({ pid, gid, hiddenBy }: AppenderStatus): string {
  if (pid === null) return gid === null ? LOOK_FOR_PREPARED : `${endingsOf(gid)}: whoever coordinates it knows which`;
  const end = `end it: select pg_terminate_backend(${pid})`;
  return hiddenBy === null
    ? `npx microlith events status shows its query; ${end}`
    : `it belongs to another role, ${hiddenBy}; as a superuser, look at it: select * from pg_stat_activity where pid = ${pid}; ${end}`;
}

const LOOK_FOR_PREPARED =
  'find it: select gid, prepared, owner from pg_prepared_xacts where database = current_database(); then commit prepared, or rollback prepared';

function endingsOf(gid: string): string {
  const literal = `'${gid.replaceAll("'", "''")}'`;
  return `commit prepared ${literal}, or rollback prepared ${literal}`;
}

type Circumstances = { readonly limits: AlarmLimits; readonly status: PostOfficeStatus };

/** Of a lane that handles nothing there is nothing else to tell. */
function laneAlarms(lane: LaneStatus, circumstances: Circumstances): Alarm[] {
  if (lane.isRetired) return lane.isOrphaned ? [] : [retiredAlarm(lane)];
  if (lane.isOrphaned) return [orphanedAlarm(lane)];
  if (lane.lostAfter !== null) return [lostAlarm(lane, lane.lostAfter)];
  const standing = standingAlarm(lane, circumstances);
  return [...(standing ? [standing] : []), ...(lane.dead > 0 ? [deadAlarm(lane)] : [])];
}

const alarmOf = ({ subscriber }: LaneStatus, name: AlarmName, what: string, todo: string): Alarm => ({
  name,
  subject: subscriber,
  what: `${subscriber} ${what}`,
  todo,
});

const retiredAlarm = (lane: LaneStatus): Alarm =>
  alarmOf(
    lane,
    'lane-retired',
    `handles nothing, though this code has it: ${lane.pausedBecause}`,
    `to have it go on where it stood: ${resume(lane)}`,
  );

const orphanedAlarm = (lane: LaneStatus): Alarm =>
  alarmOf(
    lane,
    'lane-orphaned',
    'is not heard by this code',
    `deploy the code that has it; or, when no process with that code runs any more: npx microlith events retire ${lane.subscriber} --reason …`,
  );

const lostAlarm = (lane: LaneStatus, lostAfter: number): Alarm =>
  alarmOf(
    lane,
    'lane-lost',
    `stands at position ${lane.position}, which the log does not have any more: it went back, or was pruned`,
    `find out what was lost; then put it where it should stand, such as: npx microlith events replay ${lane.subscriber} --from ${lostAfter + 1} --reason …`,
  );

const deadAlarm = (lane: LaneStatus): Alarm =>
  alarmOf(
    lane,
    'lane-dead',
    `has ${counted(lane.dead, 'dead event')}`,
    `npx microlith events parked list --dead --subscriber ${lane.subscriber}; mend the cause, then: npx microlith events parked retry --all --dead --subscriber ${lane.subscriber} --reason …`,
  );

/** It does not get on, or not fast enough. */
function standingAlarm(lane: LaneStatus, { limits, status }: Circumstances): Alarm | undefined {
  const { pausedBecause, behind, behindSeconds } = lane;
  if (pausedBecause !== null) return alarmOf(lane, 'lane-paused', `is paused: ${pausedBecause}`, resume(lane));
  if (behind === 0 || isHeldBack(lane, status)) return undefined;
  if (standstillOf(lane) >= limits.standstill) return stuckAlarm(lane);
  return behindSeconds >= limits.lag ? laggingAlarm(lane) : undefined;
}

/** Seconds that it has not moved since there is something to do: on an idle log it stands still, and well. */
const standstillOf = ({ stillSeconds, behindSeconds }: LaneStatus): number => Math.min(stillSeconds, behindSeconds);

const stuckAlarm = (lane: LaneStatus): Alarm =>
  alarmOf(
    lane,
    'lane-stuck',
    `has not moved for ${Math.round(standstillOf(lane))} s and has a backlog: ${backlogOf(lane)}`,
    lane.heldBy === null
      ? `look for "a batch failed" of it in the log of the servers; where there is none, what their backends wait for: select * from pg_stat_activity where application_name like 'microlith%'`
      : `look what its backend waits for: select * from pg_stat_activity where pid = ${lane.heldBy}`,
  );

const laggingAlarm = (lane: LaneStatus): Alarm =>
  alarmOf(
    lane,
    'lane-lagging',
    `lags: ${backlogOf(lane)}`,
    `see whether it catches up: npx microlith events status (it handles ${lane.rate.toFixed(1)} a second)`,
  );

const backlogOf = ({ isEstimated, behind, behindSeconds }: LaneStatus): string =>
  `${isEstimated ? 'about ' : ''}${counted(behind, 'event')}, the oldest ${Math.round(behindSeconds)} s old`;

const resume = ({ subscriber }: LaneStatus): string => `npx microlith events resume ${subscriber} --reason …`;

function requestAlarms({ kind, waiting, failing, dead, oldestSeconds }: RequestStatus, limits: AlarmLimits): Alarm[] {
  const list = `npx microlith events requests list --kind ${kind}`;
  const alarms: Alarm[] = [];
  if (dead > 0)
    alarms.push({
      name: 'request-dead',
      subject: kind,
      what: `${kind} has ${counted(dead, 'dead request: how its call', 'dead requests: how their calls')} ended could not be recorded`,
      todo: `${list} --dead; mend the cause, then: npx microlith events requests retry --all --dead --kind ${kind} --reason …: what is answered is not called again`,
    });
  if (oldestSeconds >= limits.request)
    alarms.push({
      name: 'request-unanswered',
      subject: kind,
      what: `${kind} is not answered: ${counted(waiting, 'request waits', 'requests wait')}, ${counted(failing, 'has', 'have')} failed before, the oldest was made ${Math.round(oldestSeconds)} s ago`,
      todo: `look what the other side says: ${list}; where nothing has failed, no server performs it: deploy the code that does`,
    });
  return alarms;
}

/** What lies beyond a gap is nobody's to handle yet. */
const isHeldBack = ({ oldestUnhandled }: LaneStatus, { gap }: PostOfficeStatus): boolean =>
  gap !== null && oldestUnhandled !== null && oldestUnhandled.position > gap.after;

const isFull = ({ size, busy, waiting = 1 }: PoolStatus): boolean => busy >= size && waiting > 0;

const poolAlarm = ({ process, size, waiting }: PoolStatus): Alarm => ({
  name: 'pool-full',
  subject: process,
  what: `all ${size} connections of process ${process} are busy${waiting ? `, ${counted(waiting, 'waits', 'wait')} for one` : ''}`,
  todo: `look at wait_event first: select pid, wait_event_type, wait_event, pg_blocking_pids(pid), query from pg_stat_activity where application_name like 'microlith%'; where all wait for a lock, more of them would only wait as well: see to who holds it; otherwise raise MICROLITH_POOL, or start another server`,
});
