import { type EventCodec, NotYetKnown } from './codec.ts';
import type { RecordedEvent } from '../log/log.ts';
import type { Subscriber } from '../lanes/subscriber.ts';

/** A subscriber of the code, as far as it matters to what is stored. */
export type KnownHearer = Pick<Subscriber<never>, 'name' | 'aliases' | 'types' | 'startAt'>;

/** A lane of a database: every name its subscriber had, and through which position all is handled. */
export interface KnownLane {
  readonly context: string;
  readonly names: readonly string[];
  readonly at: number;
}

/** Facts of one version that the code cannot read, for one reason. */
export interface Unreadable {
  readonly type: string;
  readonly version: number;
  /** Undelivered facts are about to be met, retained ones by a replay or a new subscriber. */
  readonly state: 'undelivered' | 'retained' | 'parked' | 'scheduled';
  readonly problem: 'unknown' | 'broken';
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly { readonly id: string; readonly position: number; readonly why: string }[];
}

type Group = { -readonly [Key in keyof Unreadable]: Unreadable[Key] } & { examples: Unreadable['examples'][number][] };

/** Reads whatever is stored as the code would, and keeps count; what it keeps does not grow with what it reads. */
export class StoredCheck {
  readonly #codec: EventCodec;
  readonly #handledUpTo: ReadonlyMap<string, number>;
  readonly #mostExamples: number;
  readonly #groups = new Map<string, Group>();
  #read = 0;

  constructor(
    codec: EventCodec,
    of: {
      readonly hearers: readonly KnownHearer[];
      readonly lanes: readonly KnownLane[];
      readonly mostExamples: number;
    },
  ) {
    this.#codec = codec;
    this.#handledUpTo = handledUpTo(codec.types, of.hearers, of.lanes);
    this.#mostExamples = of.mostExamples;
  }

  /** How many were read. */
  get count(): number {
    return this.#read;
  }

  get unreadable(): readonly Unreadable[] {
    return [...this.#groups.values()];
  }

  read(place: 'log' | 'parked' | 'scheduled', event: RecordedEvent): void {
    this.#read += 1;
    try {
      this.#codec.check(event);
    } catch (error) {
      const state = place === 'log' ? this.#stateOf(event) : place;
      this.#note(event, state, error as Error);
    }
  }

  /** Of a type that nobody knows it cannot be told who would want it. */
  #stateOf({ type, position }: RecordedEvent): 'undelivered' | 'retained' {
    return position > (this.#handledUpTo.get(type) ?? Infinity) ? 'undelivered' : 'retained';
  }

  #note({ type, version, id, position }: RecordedEvent, state: Unreadable['state'], error: Error): void {
    const problem = error instanceof NotYetKnown ? 'unknown' : 'broken';
    const name = `${type} ${version} ${state} ${problem}`;
    const group = this.#groups.get(name) ?? { type, version, state, problem, count: 0, examples: [] };
    this.#groups.set(name, group);
    group.count += 1;
    if (group.examples.length < this.#mostExamples) group.examples.push({ id, position, why: error.message });
  }
}

/** Lanes whose subscriber the code has under no name or alias. */
export const findOrphans = <Lane extends KnownLane>(
  lanes: readonly Lane[],
  hearers: readonly KnownHearer[],
): readonly Lane[] => lanes.filter(({ names }) => !hearers.some((hearer) => isOf(hearer, names)));

const isOf = ({ name, aliases }: KnownHearer, names: readonly string[]): boolean =>
  [name, ...aliases].some((own) => names.includes(own));

function startOf({ startAt }: KnownHearer): number {
  if (startAt === 'beginning') return 0;
  return startAt === 'now' ? Infinity : startAt.position - 1;
}

/** For every type, how far all who want it are; a subscriber without a lane begins where it is told to. */
function handledUpTo(
  types: readonly string[],
  hearers: readonly KnownHearer[],
  lanes: readonly KnownLane[],
): ReadonlyMap<string, number> {
  const positionOf = (hearer: KnownHearer) => lanes.find(({ names }) => isOf(hearer, names))?.at ?? startOf(hearer);
  const slowest = (type: string) =>
    Math.min(...hearers.filter((hearer) => hearer.types.includes(type)).map(positionOf));
  return new Map(types.map((type) => [type, slowest(type)]));
}
