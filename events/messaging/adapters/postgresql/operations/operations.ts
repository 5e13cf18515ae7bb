import type pg from 'pg';
import type { PostOfficeStatus } from '../../../watching/status.ts';
import { OPERATED } from '../log/channels.ts';
import {
  actOnParked,
  type ParkedAction,
  type ParkedOrder,
  type ParkedPlan,
  type PlannedOrder,
  planAction,
} from './act-on-parked.ts';
import { actOnRequests, planRequests, type RequestAction, type RequestOrder } from './act-on-requests.ts';
import type { Operator } from './audit.ts';
import { type KnownSubscriber, NoSuchLane } from './lane-of.ts';
import { pauseLane, resumeLane, type Retired, retireLane } from './lanes.ts';
import { countParked, listParked, type ParkedFilter, type ParkedItem } from './parked.ts';
import type { Onlooker } from './onlooker.ts';
import { planPrune, pruneByHand, type Pruned, type Retention } from './prune.ts';
import { planReplay, type ReplayPlan, startReplay } from './replay.ts';
import type { ReplayStart } from './replay-start.ts';
import { countRequests, listRequests, type RequestFilter, type RequestItem } from './requests.ts';
import { type ShownEvent, showEvent } from './show.ts';
import { readStatus } from './status.ts';
import { createStoredNames, type StoredNames } from './stored-names.ts';

/** What operators do to the post office of one database. Everything that changes something wants a reason, and keeps it. */
export interface Operations {
  readonly names: StoredNames;
  status(): Promise<PostOfficeStatus>;
  show(eventId: string): Promise<ShownEvent | undefined>;
  listParked(filter: ParkedFilter, limit: number): Promise<readonly ParkedItem[]>;
  countParked(filter: ParkedFilter): Promise<number>;
  planAction(action: ParkedAction, order: PlannedOrder): Promise<ParkedPlan>;
  actOnParked(action: ParkedAction, order: ParkedOrder, onlooker?: Onlooker): Promise<number>;
  listRequests(filter: RequestFilter, limit: number): Promise<readonly RequestItem[]>;
  countRequests(filter: RequestFilter): Promise<number>;
  planRequests(filter: RequestFilter): Promise<number>;
  actOnRequests(action: RequestAction, order: RequestOrder, onlooker?: Onlooker): Promise<number>;
  planReplay(subscriber: string, start: ReplayStart, onlooker?: Onlooker): Promise<ReplayPlan>;
  startReplay(
    subscriber: string,
    of: { start: ReplayStart; makesCalls: boolean; operator: Operator },
    onlooker?: Onlooker,
  ): Promise<ReplayPlan>;
  pause(subscriber: string, operator: Operator): Promise<void>;
  resume(subscriber: string, operator: Operator): Promise<void>;
  retire(subscriber: string, operator: Operator): Promise<Retired>;
  planPrune(retention: Retention, onlooker?: Onlooker): Promise<Pruned>;
  prune(retention: Retention, operator: Operator, onlooker?: Onlooker): Promise<Pruned>;
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
    names: createStoredNames(pool),
    status: () => readStatus(pool, subscribers),
    show: (eventId) => showEvent(pool, subscribers, eventId),
    listParked: (filter, limit) => listParked(pool, filter, limit),
    countParked: (filter) => countParked(pool, filter),
    planAction: (action, order) => planAction(pool, action, order),
    actOnParked: (action, order, onlooker) => thenTell(actOnParked(pool, action, order, onlooker)),
    listRequests: (filter, limit) => listRequests(pool, filter, limit),
    countRequests: (filter) => countRequests(pool, filter),
    planRequests: (filter) => planRequests(pool, filter),
    actOnRequests: (action, order, onlooker) => actOnRequests(pool, action, order, onlooker),
    planReplay: async (subscriber, start, onlooker) => planReplay(pool, known(subscriber), start, onlooker),
    startReplay: async (subscriber, of, onlooker) => thenTell(startReplay(pool, known(subscriber), of, onlooker)),
    pause: (subscriber, operator) => thenTell(pauseLane(pool, subscriber, operator)),
    resume: (subscriber, operator) => thenTell(resumeLane(pool, subscriber, operator)),
    retire: (subscriber, operator) => thenTell(retireLane(pool, subscribers, subscriber, operator)),
    planPrune: (retention, onlooker) => planPrune(pool, retention, onlooker),
    prune: (retention, operator, onlooker) => pruneByHand(pool, retention, operator, onlooker),
  };
}
