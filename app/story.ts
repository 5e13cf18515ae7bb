import type { Reception } from '#events/messaging/lanes/lane-storage';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { Subscriber } from '#events/messaging/lanes/subscriber';

/** What happened in one story, as a tree: a command, the facts it published, and who reacted to them. */
export interface StoryNode {
  /** `checkout.placeOrder`, `checkout.OrderPlaced` or `fulfillment.reserveStockOnOrderPlaced`. */
  readonly name: string;
  /** A reaction is a subscriber's, or an executor's when the answer from outside came. */
  readonly kind: 'command' | 'event' | 'reaction';
  readonly at: Date;
  /** Who asked for it; of commands. */
  readonly actor?: string;
  /** Of a reaction that has not happened: the fact was set aside, or given up. */
  readonly unhandled?: Pick<Reception, 'state' | 'attempts' | 'error'>;
  readonly children: readonly StoryNode[];
}

/** A subscriber and the types it wants. */
export interface Hearer extends Pick<Subscriber<never>, 'name' | 'aliases' | 'types' | 'startAt'> {
  readonly context: string;
}

const NOT_MET: ReadonlySet<Reception['state']> = new Set(['waiting', 'earlier']);

const unhandledOf = ({ state, attempts, error }: Reception): Pick<StoryNode, 'unhandled'> => ({
  unhandled: { state, attempts, error },
});

/** Joins facts to what caused them, by their causation ids, and to those who heard them, by what their lanes say of them. */
export function tellStory(
  facts: readonly RecordedEvent[],
  hearers: readonly Hearer[],
  receptions: readonly Reception[],
): StoryNode[] {
  const known = new Set(facts.map(({ id }) => id));
  const causedBy = Map.groupBy(facts, ({ causationId }) => causationId);
  const beginnings = Map.groupBy(
    facts.filter(({ causationId }) => !known.has(causationId)),
    ({ causationId }) => causationId,
  );

  const eventNode = (fact: RecordedEvent): StoryNode => {
    const published = Map.groupBy(causedBy.get(fact.id) ?? [], ({ source }) => source);
    const heard = hearers.filter(({ types }) => types.includes(fact.type)).map(({ name }) => name);
    const names = [...new Set([...heard, ...published.keys()])];
    return {
      name: fact.type,
      kind: 'event',
      at: fact.recordedAt,
      children: names.flatMap((name) => reactionNode(name, fact, published.get(name) ?? [])),
    };
  };

  const reactionNode = (name: string, fact: RecordedEvent, published: readonly RecordedEvent[]): StoryNode[] => {
    const found = receptions.find(({ eventId, names }) => eventId === fact.id && names.includes(name));
    const reception = found && !NOT_MET.has(found.state) ? found : undefined;
    const at = reception?.at ?? published[0]?.recordedAt;
    if (!at) return [];
    const unhandled = reception && reception.state !== 'handled' ? unhandledOf(reception) : {};
    return [{ name, kind: 'reaction', at, ...unhandled, children: published.map(eventNode) }];
  };

  return [...beginnings.values()]
    .map(([first, ...rest]) => ({
      name: first!.source,
      kind: 'command' as const,
      at: first!.occurredAt,
      actor: first!.actor,
      children: [first!, ...rest].map(eventNode),
    }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
