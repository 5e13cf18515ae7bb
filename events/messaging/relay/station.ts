import type { ContextStore } from '../units/context-store.ts';
import { LaneWorker, type LaneDependencies } from '../lanes/lane.ts';
import type { EnlistedLane, StartOf } from '../lanes/lane-storage.ts';
import type { Subscriber } from '../lanes/subscriber.ts';

/** A worker of any context, as the relay sees it. */
export type Worker = { readonly context: string } & Pick<
  LaneWorker<unknown>,
  'lane' | 'at' | 'bell' | 'nextRetryIn' | 'wants' | 'leavesToOthers' | 'heardOf' | 'reconsider' | 'step'
>;

/** What every worker of one relay is given. */
export type WorkerSupplies = Omit<
  LaneDependencies<never>,
  'context' | 'subscriber' | 'lane' | 'reenlist' | 'storage' | 'parked' | 'tap'
> & {
  readonly startOf: StartOf;
  readonly tapOf: (types: readonly string[]) => LaneDependencies<never>['tap'];
};

/** One context in the relay's eyes: who in it wants to hear, and how to put a worker on each lane. */
export interface Station {
  readonly context: string;
  enlist(startOf: StartOf): Promise<readonly EnlistedLane[]>;
  hire(lanes: readonly EnlistedLane[], supplies: WorkerSupplies): readonly Worker[];
}

/** The subscribers of one context, and where their lanes are kept. */
export const createStation = <Scope>(
  store: Pick<ContextStore<Scope>, 'context' | 'lanes' | 'parked'>,
  subscribers: readonly Subscriber<Scope>[],
): Station => ({
  context: store.context,
  enlist: (startOf) => store.lanes.enlist(subscribers, startOf),
  hire: (lanes, { tapOf, startOf, ...supplies }) =>
    subscribers.map((subscriber, at) => {
      const own = {
        subscriber,
        lane: lanes[at]!,
        storage: store.lanes,
        parked: store.parked,
        tap: tapOf(subscriber.types),
      };
      const reenlist = async () => (await store.lanes.enlist([subscriber], startOf))[0]!;
      return new LaneWorker<Scope>({ ...supplies, ...own, reenlist, context: store.context });
    }),
});
