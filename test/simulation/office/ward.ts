import type { DeliveredEvent } from '#events/messaging/facts/event';
import { suspectOf } from '../storage/suspicions.ts';
import type { Machine } from '../world/machine.ts';
import { Random } from '../world/random.ts';
import type { OfficeScope } from './scope.ts';

/** What is wrong with an event, in the eyes of one subscriber. */
export interface Illness {
  readonly kind: 'throws' | 'hangs' | 'ponders' | 'kills';
  /** How often it strikes. */
  readonly times: number;
}

export interface WardPlan {
  readonly seed: number;
  /** Of all events, for each subscriber. */
  readonly shareOfIll: number;
  readonly kinds: readonly Illness['kind'][];
  readonly handlerTimeout: number;
  /** The most strikes of an event that gets well. */
  readonly mostCurable: number;
}

export interface WardWatch {
  /** An event has begun to make its handler fail, which takes so long. */
  readonly onStrike: (milliseconds: number) => void;
  readonly onKill: (machine: Machine) => void;
}

/** A handler that fails because of its event. */
export class Ailing extends Error {}

/** Longer than the database lets a transaction idle. */
const PONDERING = 5_600;

/** Knows which events are poison for whom, and how often they have struck. */
export class Ward {
  readonly #plan: WardPlan;
  readonly #illnesses = new Map<string, Illness | null>();
  readonly #strikes = new Map<string, number>();
  readonly #watch: WardWatch;

  constructor(plan: WardPlan, watch: WardWatch) {
    this.#plan = plan;
    this.#watch = watch;
  }

  /** The same whichever process asks, and however often. */
  illnessOf(subscriber: string, event: Pick<DeliveredEvent, 'type' | 'tenantId' | 'data'>): Illness | undefined {
    const name = `${subscriber} ${event.type} ${event.tenantId} ${JSON.stringify(event.data)}`;
    const known = this.#illnesses.get(name);
    if (known !== undefined) return known ?? undefined;
    const drawn = this.#draw(new Random(this.#plan.seed * 4_294_967_296 + hashOf(name)));
    this.#illnesses.set(name, drawn ?? null);
    return drawn;
  }

  /** How often an event has made its subscriber fail. */
  strikesOf(suspect: string): number {
    return this.#strikes.get(suspect) ?? 0;
  }

  /** Goes through what the event does to its handler; returns when it does nothing any more. */
  async suffer(subscriber: string, event: DeliveredEvent, scope: OfficeScope, machine: Machine): Promise<void> {
    const illness = this.illnessOf(subscriber, event);
    const suspect = suspectOf(subscriber, event.id);
    const strikes = this.strikesOf(suspect);
    if (!illness || strikes >= illness.times) return;
    this.#strikes.set(suspect, strikes + 1);
    await this.#strike(illness, scope, machine);
  }

  async #strike({ kind }: Illness, scope: OfficeScope, machine: Machine): Promise<void> {
    const lasts = { throws: 0, kills: 0, hangs: 2 * this.#plan.handlerTimeout, ponders: PONDERING }[kind];
    this.#watch.onStrike(Math.min(lasts, this.#plan.handlerTimeout));
    if (kind === 'throws') throw new Ailing('undigestible');
    if (kind === 'kills') {
      this.#watch.onKill(machine);
      return new Promise(() => undefined);
    }
    await this.#dawdle(lasts, machine);
    await scope.look();
  }

  /** In portions: a process that was stopped meanwhile is left the time to see that the handler's limit has passed. */
  async #dawdle(milliseconds: number, machine: Machine): Promise<void> {
    const portion = this.#plan.handlerTimeout / 2;
    for (let left = milliseconds; left > 0; left -= portion) await machine.sleep(Math.min(left, portion));
  }

  #draw(random: Random): Illness | undefined {
    const { shareOfIll, kinds, mostCurable } = this.#plan;
    if (!random.chance(shareOfIll)) return undefined;
    const times = random.chance(0.3) ? Number.POSITIVE_INFINITY : random.whole(1, mostCurable);
    return { kind: random.pick(kinds), times };
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
