import type { Handling } from '#events/messaging/lane-storage';
import type { RecordedEvent } from '#events/messaging/log';
import type { Subscriber } from '#events/messaging/subscriber';

/** What happened in one story, as a tree: a command, the facts it published, and who reacted to them. */
export interface StoryNode {
  /** `checkout.placeOrder`, `checkout.OrderPlaced` or `fulfillment.reserveStockOnOrderPlaced`. */
  readonly name: string;
  /** A reaction is a subscriber's, or an executor's when the answer from outside came. */
  readonly kind: 'command' | 'event' | 'reaction';
  readonly at: Date;
  /** Who asked for it; of commands. */
  readonly actor?: string;
  readonly children: readonly StoryNode[];
}

/** A subscriber and the types it wants. */
export interface Hearer extends Pick<Subscriber<never>, 'name' | 'aliases' | 'types' | 'startAt'> {
  readonly context: string;
}

/** Joins facts to what caused them, by their causation ids, and to those who heard them, by the lanes' ledgers. */
export function tellStory(
  facts: readonly RecordedEvent[],
  hearers: readonly Hearer[],
  handlings: readonly Handling[],
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
    const handled = handlings.find(({ position, names }) => position === fact.position && names.includes(name));
    const at = handled?.at ?? published[0]?.recordedAt;
    return at ? [{ name, kind: 'reaction', at, children: published.map(eventNode) }] : [];
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
