import { AlarmBook } from '#events/messaging/watching/alarm-book';
import { type Alarm, type AlarmLimits, alarmsOf, unreadableAlarm } from '#events/messaging/watching/alarms';
import type { PoolStatus, PostOfficeStatus } from '#events/messaging/watching/status';
import { Bell } from '#events/messaging/bell';
import { reasonOf } from '#events/messaging/reason-of';
import { realTiming } from '#events/messaging/timing';
import type { Logger } from './logging.ts';

export interface WatchDependencies {
  readonly readStatus: () => Promise<PostOfficeStatus>;
  /** Known also when the database cannot be asked. */
  readonly ownPool: () => PoolStatus;
  readonly limits: AlarmLimits;
  readonly logger: Logger;
}

/** Watches the post office, and says once what needs a person, and once more when it does not any longer. */
export interface Watch {
  /** How it is now; nothing where it cannot be looked at. */
  look(): Promise<PostOfficeStatus | undefined>;
  readonly raised: readonly Alarm[];
  /** One round: looks, and tells what is new. */
  makeRound(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two rounds: an alarm is told when two rounds running found it. */
const ROUND_EVERY = 10_000;

export function createWatch({ readStatus, ownPool, limits, logger }: WatchDependencies): Watch {
  const book = new AlarmBook();
  let looking: Promise<PostOfficeStatus | undefined> | undefined;
  let seen: PostOfficeStatus | undefined;

  /** Why the last look failed. */
  let trouble: string | undefined;

  const lookOnce = async () => {
    try {
      const status = await readStatus();
      trouble = undefined;
      return status;
    } catch (error) {
      trouble = reasonOf(error);
      return undefined;
    }
  };
  const look = () => (looking ??= lookOnce().finally(() => (looking = undefined)));

  const makeRound = async () => {
    seen = (await look()) ?? seen;
    const own = ownPool();
    const status = seen ?? UNKNOWN;
    const pools = [...status.pools.filter(({ process }) => process !== own.process), own];
    const unreadable = trouble === undefined ? [] : [unreadableAlarm(trouble)];
    const { begun, over } = book.note([...alarmsOf({ ...status, pools }, limits), ...unreadable]);
    for (const { name, subject, what, todo } of begun) logger.error({ alarm: name, subject, todo }, what);
    for (const { name, subject, what } of over) logger.info({ alarm: name, subject }, `no longer: ${what}`);
  };

  return {
    look,
    get raised() {
      return book.raised;
    },
    makeRound,
    async run(signal) {
      const bell = new Bell(realTiming);
      signal.addEventListener('abort', () => bell.retire(), { once: true });
      while (!signal.aborted) {
        await makeRound();
        await bell.wait(ROUND_EVERY);
      }
    },
  };
}

/** Before the first look nothing is wrong. */
const UNKNOWN: PostOfficeStatus = {
  end: 0,
  floor: 0,
  relays: 1,
  lanes: [],
  requests: [],
  appenders: [],
  gap: null,
  pools: [],
};
