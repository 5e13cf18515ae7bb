import { z } from 'zod';
import type { TenantId } from '#shared-kernel/tenant';
import { type DeliveredEvent, type EventDeclaration, InvalidEvent } from './event.ts';
import type { RecordedEvent } from '../log/log.ts';
import { DOUBTFUL, type TrustedReader, trustedReaderOf } from './trusted-reader.ts';

/** The running code does not know this fact yet: an old process beside a new one. Kept, not failed. */
export class NotYetKnown extends Error {
  constructor(recorded: Pick<RecordedEvent, 'type' | 'version'>, why: string) {
    super(`${recorded.type} v${recorded.version} ${why}`);
    this.name = 'NotYetKnown';
  }
}

/** A recorded fact does not read as its own schema says. */
export class Undecodable extends Error {
  constructor(recorded: Pick<RecordedEvent, 'type' | 'version' | 'id'>, why: string, cause?: unknown) {
    super(`${recorded.type} v${recorded.version} ${recorded.id}: ${why}`, { cause });
    this.name = 'Undecodable';
  }
}

/** By type, the newest version that the running code can read. */
export type KnownVersions = ReadonlyMap<string, number>;

/** A declaration, and how facts of its version are read that were checked by it when they were appended. */
interface Known {
  readonly declaration: EventDeclaration;
  readonly readTrusted: TrustedReader;
}

/** Reads any fact of the published language back from the log: the one place that sees stored data. */
export class EventCodec {
  readonly #known: ReadonlyMap<string, Known>;
  /** Under it a recorded event keeps what it was decoded to: weak maps of whole pages cost more than the decoding. */
  readonly #decoded = Symbol('decoded');

  /** @throws {InvalidEvent} when a type is declared twice */
  constructor(declarations: readonly EventDeclaration[]) {
    const known = declarations.map((declaration) => ({
      declaration,
      readTrusted: trustedReaderOf(declaration.schema),
    }));
    this.#known = new Map(known.map((each) => [each.declaration.type, each]));
    const twin = known.find((each) => this.#known.get(each.declaration.type) !== each);
    if (twin) throw new InvalidEvent(twin.declaration.type, 'is declared twice');
  }

  /** The closed set of types that contexts publish. */
  get types(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Of these types those that the code knows. */
  known(types: readonly string[]): KnownVersions {
    const known = types.flatMap((type) => this.#known.get(type)?.declaration ?? []);
    return new Map(known.map(({ type, version }) => [type, version]));
  }

  /**
   * The fact, in the newest version the code knows; read once, however many ask for it. One that was recorded in that version is
   * not held against all rules of its schema again.
   * @throws {NotYetKnown} {@link Undecodable}
   */
  decode(recorded: RecordedEvent): DeliveredEvent {
    const keeper = recorded as RecordedEvent & { [decoded: symbol]: DeliveredEvent | undefined };
    return (keeper[this.#decoded] ??= this.#readWith(recorded, readRecorded));
  }

  /** The same, held against its whole schema. @throws {NotYetKnown} {@link Undecodable} */
  check(recorded: RecordedEvent): DeliveredEvent {
    return this.#readWith(recorded, parse);
  }

  #readWith(recorded: RecordedEvent, read: (known: Known, recorded: RecordedEvent) => unknown): DeliveredEvent {
    const known = this.#known.get(recorded.type);
    if (!known) throw new NotYetKnown(recorded, 'is not in the registry of this process');
    const { version } = known.declaration;
    if (recorded.version > version) throw new NotYetKnown(recorded, `is newer than v${version}`);
    return new ReadEvent(recorded, version, read(known, recorded));
  }
}

/** What raises any doubt is held against the schema, which says what is wrong, or that nothing is. */
function readRecorded(known: Known, recorded: RecordedEvent): unknown {
  if (recorded.version !== known.declaration.version) return parse(known, recorded);
  try {
    const trusted = known.readTrusted(JSON.parse(recorded.data));
    if (trusted !== DOUBTFUL) return trusted;
  } catch {
    // What could not be decoded either is for the schema to explain.
  }
  return parse(known, recorded);
}

/** A fact as it is delivered: what surrounds its data is read from the record when it is asked for. */
class ReadEvent implements DeliveredEvent {
  readonly version: number;
  readonly data: unknown;
  readonly #recorded: RecordedEvent;

  constructor(recorded: RecordedEvent, version: number, data: unknown) {
    this.#recorded = recorded;
    this.version = version;
    this.data = data;
    Object.freeze(this);
  }

  get id(): string {
    return this.#recorded.id;
  }

  get type(): string {
    return this.#recorded.type;
  }

  get tenantId(): TenantId {
    return this.#recorded.tenantId;
  }

  get key(): string | null {
    return this.#recorded.key;
  }

  get occurredAt(): Date {
    return this.#recorded.occurredAt;
  }

  get correlationId(): string {
    return this.#recorded.correlationId;
  }

  get causationId(): string {
    return this.#recorded.causationId;
  }

  get traceparent(): string | null {
    return this.#recorded.traceparent;
  }

  get actor(): string {
    return this.#recorded.actor;
  }
}

function parse({ declaration }: Known, recorded: RecordedEvent): unknown {
  const parsed = z.safeDecode(declaration.schema, upcast(declaration, recorded));
  if (!parsed.success) throw new Undecodable(recorded, z.prettifyError(parsed.error));
  return freeze(parsed.data);
}

/** The stored data as the newest version has it, step by step. */
function upcast({ upcast: steps, version: newest }: EventDeclaration, recorded: RecordedEvent): unknown {
  let data: unknown = JSON.parse(recorded.data);
  for (let version = recorded.version; version < newest; version += 1) {
    const step = steps[version];
    if (!step) throw new Undecodable(recorded, `there is no version ${version}`);
    try {
      data = step(data as never);
    } catch (error) {
      throw new Undecodable(recorded, `its upcast ${version} → ${version + 1} failed: ${String(error)}`, error);
    }
  }
  return data;
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  for (const name in value) if (typeof value[name] === 'object') freeze(value[name]);
  return Object.freeze(value);
}
