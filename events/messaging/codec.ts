import { z } from 'zod';
import type { TenantId } from '#shared-kernel/tenant';
import { type DeliveredEvent, type EventDeclaration, InvalidEvent } from './event.ts';
import type { RecordedEvent } from './log.ts';

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

/** Reads any fact of the published language back from the log: the one place that sees stored data. */
export class EventCodec {
  readonly #declarations: ReadonlyMap<string, EventDeclaration>;
  /** Under it a recorded event keeps what it was decoded to: weak maps of whole pages cost more than the decoding. */
  readonly #decoded = Symbol('decoded');

  /** @throws {InvalidEvent} when a type is declared twice */
  constructor(declarations: readonly EventDeclaration[]) {
    this.#declarations = new Map(declarations.map((declaration) => [declaration.type, declaration]));
    const twin = declarations.find((declaration) => this.#declarations.get(declaration.type) !== declaration);
    if (twin) throw new InvalidEvent(twin.type, 'is declared twice');
  }

  /** The closed set of types that contexts publish. */
  get types(): readonly string[] {
    return [...this.#declarations.keys()];
  }

  /** Of these types those that the code knows. */
  known(types: readonly string[]): KnownVersions {
    const declared = types.flatMap((type) => this.#declarations.get(type) ?? []);
    return new Map(declared.map(({ type, version }) => [type, version]));
  }

  /**
   * The fact, in the newest version the code knows; read once, however many ask for it.
   * @throws {NotYetKnown} {@link Undecodable}
   */
  decode(recorded: RecordedEvent): DeliveredEvent {
    const keeper = recorded as RecordedEvent & { [decoded: symbol]: DeliveredEvent | undefined };
    return (keeper[this.#decoded] ??= this.read(recorded));
  }

  /** The same for one who alone wants it. @throws {NotYetKnown} {@link Undecodable} */
  read(recorded: RecordedEvent): DeliveredEvent {
    const declaration = this.#declarations.get(recorded.type);
    if (!declaration) throw new NotYetKnown(recorded, 'is not in the registry of this process');
    if (recorded.version > declaration.version)
      throw new NotYetKnown(recorded, `is newer than v${declaration.version}`);
    return new ReadEvent(recorded, declaration.version, parse(declaration, recorded));
  }
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

function parse(declaration: EventDeclaration, recorded: RecordedEvent): unknown {
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
