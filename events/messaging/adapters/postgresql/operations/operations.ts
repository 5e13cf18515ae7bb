import type pg from 'pg';
import type { PostOfficeStatus } from '../../../status.ts';
import { OPERATED } from '../channels.ts';
import { actOnParked, type ParkedAction, type ParkedPlan, planAction } from './act-on-parked.ts';
import type { Operator } from './audit.ts';
import { type KnownSubscriber, NoSuchLane } from './lane-of.ts';
import { pauseLane, resumeLane, type Retired, retireLane } from './lanes.ts';
import { listParked, type ParkedFilter, type ParkedItem } from './parked.ts';
import { planPrune, prune, type Pruned, type Retention } from './prune.ts';
import { planReplay, type ReplayPlan, startReplay } from './replay.ts';
import type { ReplayStart } from './replay-start.ts';
import { type ShownEvent, showEvent } from './show.ts';
import { readStatus } from './status.ts';

/** What operators do to the post office of one database. Everything that changes something wants a reason, and keeps it. */
export interface Operations {
  status(): Promise<PostOfficeStatus>;
  show(eventId: string): Promise<ShownEvent | undefined>;
  listParked(filter: ParkedFilter, limit: number): Promise<readonly ParkedItem[]>;
  planAction(filter: ParkedFilter): Promise<ParkedPlan>;
  actOnParked(
    action: ParkedAction,
    of: { readonly filter: ParkedFilter; readonly operator: Operator; readonly progress?: (done: number) => void },
  ): Promise<number>;
  planReplay(subscriber: string, start: ReplayStart): Promise<ReplayPlan>;
  startReplay(
    subscriber: string,
    of: { start: ReplayStart; makesCalls: boolean; operator: Operator },
  ): Promise<ReplayPlan>;
  pause(subscriber: string, operator: Operator): Promise<void>;
  resume(subscriber: string, operator: Operator): Promise<void>;
  retire(subscriber: string, operator: Operator): Promise<Retired>;
  planPrune(retention: Retention): Promise<Pruned>;
  prune(retention: Retention): Promise<Pruned>;
}

export function createOperations(pool: pg.Pool, subscribers: readonly KnownSubscriber[]): Operations {
  const known = (subscriber: string) => {
    const found = subscribers.find(({ name }) => name === subscriber);
    if (!found)
      throw new NoSuchLane(
        subscriber,
        subscribers.map(({ name }) => name),
      );
    return found;
  };
  const thenTell = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work;
    await pool.query(`notify ${OPERATED}`);
    return result;
  };
  return {
    status: () => readStatus(pool, subscribers),
    show: (eventId) => showEvent(pool, subscribers, eventId),
    listParked: (filter, limit) => listParked(pool, filter, limit),
    planAction: (filter) => planAction(pool, filter),
    actOnParked: (action, of) => thenTell(actOnParked(pool, action, of)),
    planReplay: async (subscriber, start) => planReplay(pool, known(subscriber), start),
    startReplay: async (subscriber, of) => thenTell(startReplay(pool, known(subscriber), of)),
    pause: (subscriber, operator) => thenTell(pauseLane(pool, subscriber, operator)),
    resume: (subscriber, operator) => thenTell(resumeLane(pool, subscriber, operator)),
    retire: (subscriber, operator) => thenTell(retireLane(pool, subscribers, subscriber, operator)),
    planPrune: (retention) => planPrune(pool, retention),
    prune: (retention) => prune(pool, retention),
  };
}
