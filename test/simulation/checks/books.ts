import type { LaneSettings } from '#events/messaging/lanes/lane-settings';
import type { RecordedEvent } from '#events/messaging/log/log';
import type { Effect } from '../database/effect.ts';
import type { LaneRow, ParkedRow, RequestRow, ScheduledRow } from '../database/rows.ts';
import type { Transaction } from '../database/transaction.ts';
import { type CarrierCall, SHIPPED } from '../office/carrier.ts';
import { nameOfStep, type Step, stepOf } from '../office/facts.ts';
import type { Ward } from '../office/ward.ts';
import { suspectOf } from '../storage/suspicions.ts';
import { DueFacts } from './due-facts.ts';
import { PromiseBroken } from './promise-broken.ts';
import { Requests } from './requests.ts';

export interface BooksDependencies {
  readonly ward: Ward;
  readonly settings: Pick<LaneSettings, 'attempts'>;
  readonly typesOf: ReadonlyMap<string, readonly string[]>;
  /** False where the lanes' locks exclude nobody: then a twin's start looks like a crash. */
  readonly countsAttempts: boolean;
  /** Whether some process is trying the suspect. */
  readonly isBeingTried: (suspect: string) => boolean;
  /** Through where each reader that lives has read. */
  readonly frontiers: () => readonly (readonly [who: string, position: number])[];
  /** Requests that are not answered yet. */
  readonly pendingRequests: () => readonly RequestRow[];
  readonly now: () => number;
}

/** Where an event stands that is still to be handled, and on which key of which subscriber. */
interface Due {
  readonly key: string;
  readonly position: number;
}

interface KnownLane {
  readonly subscriber: string;
  readonly start: number;
}

/** Watches every commit, and knows what is still to come. */
export class Books {
  readonly #of: BooksDependencies;
  readonly #facts = new Map<string, RecordedEvent>();
  readonly #published = new Set<string>();
  readonly #lanes = new Map<string, KnownLane>();
  readonly #done = new Set<string>();
  readonly #last = new Map<string, { readonly position: number; readonly n: number }>();
  readonly #lastHandled = new Map<string, number>();
  /** Keys on which some event is ill for a subscriber, and from which position on for ever. */
  readonly #lostFrom = new Map<string, number>();
  readonly #outstanding = { healthy: new Map<string, Due>(), afflicted: new Map<string, Due>() };
  readonly #charges = new Map<string, number>();
  readonly #dueFacts = new DueFacts();
  readonly #requests = new Requests();
  readonly #placedFor = new Map<string, number>();

  constructor(dependencies: BooksDependencies) {
    this.#of = dependencies;
  }

  /** Whether healthy events on healthy keys are still to be handled, or lanes to be begun. */
  get hasHealthyOutstanding(): boolean {
    return this.#lanes.size < this.#of.typesOf.size || this.#outstanding.healthy.size > 0;
  }

  get hasOutstanding(): boolean {
    return this.hasHealthyOutstanding || this.#outstanding.afflicted.size > 0;
  }

  /** Who is still to handle what. */
  describeOutstanding(): string[] {
    const { healthy, afflicted } = this.#outstanding;
    return [...healthy.keys(), ...afflicted.keys()].map((suspect) => this.#describe(suspect));
  }

  factsPlacedFor(wish: string): number {
    return this.#placedFor.get(wish) ?? 0;
  }

  isLostForEver({ event, laneId }: Pick<ParkedRow, 'event' | 'laneId'>): boolean {
    return event.position >= this.#lostFrom.get(keyOf(this.#lanes.get(laneId)!.subscriber, event))!;
  }

  /** An attempt on a suspect may be counted although it did not fail. */
  charge(suspect: string): void {
    this.#charges.set(suspect, (this.#charges.get(suspect) ?? 0) + 1);
  }

  committed({ appended, effects, changes }: Transaction): void {
    for (const [table, rows] of changes)
      for (const [key, row] of rows) {
        if (table.name === 'lane' && row) this.#meetLane(row as LaneRow);
        if (table.name === 'parked' && row) this.#checkAttempts(row as ParkedRow);
        if (table.name === 'scheduled')
          this.#dueFacts.note(key, row as ScheduledRow | undefined, appended, this.#of.now());
      }
    for (const fact of appended) this.#enter(fact);
    for (const effect of effects) this.#check(effect);
  }

  called(call: CarrierCall): void {
    this.#requests.called(call, this.#of.pendingRequests());
  }

  #enter(fact: RecordedEvent): void {
    const step = stepOf(fact);
    const name = `${fact.type} ${fact.tenantId} ${nameOfStep(step)}`;
    if (this.#published.has(name)) throw new PromiseBroken(`${name} was published twice`);
    this.#published.add(name);
    for (const [who, frontier] of this.#of.frontiers())
      if (fact.position <= frontier)
        throw new PromiseBroken(`${name} appeared at ${fact.position}, which the reader of ${who} has passed`);
    this.#checkOrderOfFacts(fact, step, name);
    this.#facts.set(fact.id, fact);
    if (fact.type === 'shop.OrderPlaced')
      this.#placedFor.set(fact.correlationId, this.factsPlacedFor(fact.correlationId) + 1);
    for (const lane of this.#lanes.values()) this.#expect(lane, fact);
  }

  #checkOrderOfFacts(fact: RecordedEvent, { n }: Step, name: string): void {
    if (fact.type === 'store.OrderRemembered') return;
    const key = keyOf(fact.type, fact);
    const last = this.#last.get(key) ?? { position: 0, n: 0 };
    if (fact.position <= last.position || n <= last.n)
      throw new PromiseBroken(`${name} at ${fact.position} came after ${last.n} at ${last.position}`);
    this.#last.set(key, { position: fact.position, n });
  }

  #meetLane({ id, subscriber, start }: LaneRow): void {
    if (this.#lanes.has(id)) return;
    if ([...this.#lanes.values()].some((known) => known.subscriber === subscriber))
      throw new PromiseBroken(`${subscriber} has two lanes`);
    const lane = { subscriber, start: start.position };
    this.#lanes.set(id, lane);
    for (const fact of [...this.#facts.values()].toSorted((a, b) => a.position - b.position))
      if (fact.position > lane.start) this.#expect(lane, fact);
  }

  #expect({ subscriber, start }: KnownLane, fact: RecordedEvent): void {
    if (fact.position <= start)
      throw new PromiseBroken(`position ${fact.position} appeared before ${start}, where ${subscriber} began`);
    if (!this.#of.typesOf.get(subscriber)!.includes(fact.type)) return;
    const key = keyOf(subscriber, fact);
    const illness = this.#of.ward.illnessOf(subscriber, { ...fact, data: stepOf(fact) });
    this.#outstanding.healthy.set(suspectOf(subscriber, fact.id), { key, position: fact.position });
    if (illness)
      this.#afflict(key, illness.times === Number.POSITIVE_INFINITY ? fact.position : Number.POSITIVE_INFINITY);
    else if (this.#lostFrom.has(key)) this.#afflict(key, this.#lostFrom.get(key)!);
  }

  /** The key's events wait for the ill one; those from a position on for ever. */
  #afflict(key: string, from: number): void {
    const lostFrom = Math.min(from, this.#lostFrom.get(key) ?? Number.POSITIVE_INFINITY);
    this.#lostFrom.set(key, lostFrom);
    const { healthy, afflicted } = this.#outstanding;
    for (const [suspect, due] of [...healthy, ...afflicted]) {
      if (due.key !== key) continue;
      healthy.delete(suspect);
      if (due.position < lostFrom) afflicted.set(suspect, due);
      else afflicted.delete(suspect);
    }
  }

  #check(effect: Effect): void {
    if (effect.by === SHIPPED) return this.#requests.answered(effect);
    const fact = this.#facts.get(effect.cause);
    const suspect = suspectOf(effect.by, effect.cause);
    if (!fact) throw new PromiseBroken(`${effect.by} handled a fact that nobody has published`);
    if (this.#done.has(suspect)) throw new PromiseBroken(`${this.#describe(suspect)} was handled twice`);
    this.#done.add(suspect);
    const key = keyOf(effect.by, fact);
    const last = this.#lastHandled.get(key) ?? 0;
    if (fact.position < last)
      throw new PromiseBroken(`${this.#describe(suspect)} was handled after position ${last} of its key`);
    this.#lastHandled.set(key, fact.position);
    const { healthy, afflicted } = this.#outstanding;
    if (!healthy.delete(suspect) && !afflicted.delete(suspect))
      throw new PromiseBroken(`${this.#describe(suspect)} was handled past an older one of its key`);
  }

  #checkAttempts({ laneId, event, attempts, isDead }: ParkedRow): void {
    const suspect = suspectOf(this.#lanes.get(laneId)!.subscriber, event.id);
    const most = this.#of.ward.strikesOf(suspect) + (this.#charges.get(suspect) ?? 0);
    const underWay = this.#of.isBeingTried(suspect) ? 1 : 0;
    const made = Math.min(attempts, this.#of.settings.attempts);
    if (made > most + underWay && this.#of.countsAttempts)
      throw new PromiseBroken(
        `${attempts} attempts were spent on ${this.#describe(suspect)}, which failed ${most} times`,
      );
    if (isDead && attempts < this.#of.settings.attempts)
      throw new PromiseBroken(`${this.#describe(suspect)} was given up after ${attempts} attempts`);
    if (isDead) this.#afflict(keyOf(this.#lanes.get(laneId)!.subscriber, event), event.position);
  }

  #describe(suspect: string): string {
    const [subscriber, id] = suspect.split(' ') as [string, string];
    const fact = this.#facts.get(id);
    return fact
      ? `${fact.type} ${fact.tenantId} ${nameOfStep(stepOf(fact))} (${fact.position}) by ${subscriber}`
      : suspect;
  }
}

const keyOf = (of: string, { tenantId, key }: RecordedEvent) => `${of}/${tenantId}/${key}`;
