import type { DeliveredEvent, EventDeclaration, EventOf } from '../facts/event.ts';

/**
 * Where a subscriber begins on a log that has no lane of it yet: with the whole history that is kept, with what comes from now on,
 * or with a position of the log. A log that does not reach so far yet is begun at its end, a pruned one with what is left.
 */
export type StartAt = 'beginning' | 'now' | { readonly position: number };

/** A durable subscriber: every event of its types, each effect once, in order per key. Its name is its lane's key for ever. */
export interface Subscriber<Scope> {
  readonly name: string;
  /** Names it had before; its lane carries on under the new one. */
  readonly aliases: readonly string[];
  readonly types: readonly string[];
  readonly startAt: StartAt;
  /** One event a transaction, for a handler that reads what it has just written. */
  readonly singly: boolean;
  readonly prepare: (scope: Scope, events: readonly DeliveredEvent[]) => Promise<unknown>;
  readonly handle: (scope: Scope, event: DeliveredEvent) => Promise<unknown>;
  readonly handleBatch: ((scope: Scope, events: readonly DeliveredEvent[]) => Promise<unknown>) | undefined;
}

interface Common<Scope, Types extends EventDeclaration> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly on: Types | readonly Types[];
  readonly startAt?: StartAt;
  readonly singly?: boolean;
  /** Loads and locks what a whole batch will need, in one go, before its events are handled. */
  readonly prepare?: (scope: Scope, events: readonly EventOf<Types>[]) => Promise<unknown>;
}

interface OneByOne<Scope, Types extends EventDeclaration> extends Common<Scope, Types> {
  readonly handle: (scope: Scope, event: EventOf<Types>) => Promise<unknown>;
}

interface AllAtOnce<Scope, Types extends EventDeclaration> extends Common<Scope, Types> {
  /** Takes what came of one tenant at once, for set-based writes. */
  readonly handleBatch: (scope: Scope, events: readonly EventOf<Types>[]) => Promise<unknown>;
}

/** `defineSubscriber<FulfillmentScope>()({ name, on: OrderPlaced, handle: async (scope, { data }) => … })`. */
export const defineSubscriber =
  <Scope>() =>
  <Types extends EventDeclaration>(definition: OneByOne<Scope, Types> | AllAtOnce<Scope, Types>): Subscriber<Scope> => {
    const {
      name,
      aliases = [],
      on,
      startAt = 'beginning',
      singly = false,
      prepare = async () => undefined,
    } = definition;
    const handleBatch = 'handleBatch' in definition ? definition.handleBatch : undefined;
    const handle = 'handle' in definition ? definition.handle : forOne(definition.handleBatch);
    return {
      name,
      aliases,
      startAt,
      singly,
      types: [on].flat().map(({ type }) => type),
      prepare: prepare as Subscriber<Scope>['prepare'],
      handle: handle as Subscriber<Scope>['handle'],
      handleBatch: handleBatch as Subscriber<Scope>['handleBatch'],
    };
  };

const forOne =
  <Scope, Event>(handleBatch: (scope: Scope, events: readonly Event[]) => Promise<unknown>) =>
  (scope: Scope, event: Event) =>
    handleBatch(scope, [event]);
