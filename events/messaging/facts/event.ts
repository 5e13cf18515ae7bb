import { z } from 'zod';
import type { TenantId } from '#shared-kernel/tenant';
import { assertFaithfulJson } from './json.ts';

/** A fact that a command wants to publish: validated, plain data, not yet recorded. */
export interface NewEvent<Name extends string = string, Data = unknown> {
  readonly type: Name;
  readonly version: number;
  readonly data: Data;
  /** The data as JSON keeps it. */
  readonly payload: unknown;
  /** Names what keeps its order and what a failure holds back; null: nothing. */
  readonly key: string | null;
  /** The story the fact belongs to, where it knows better than whoever publishes it. */
  readonly correlationId: string | null;
}

/** A fact as a subscriber receives it. */
export interface DeliveredEvent<Name extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Name;
  readonly version: number;
  readonly data: Data;
  readonly tenantId: TenantId;
  readonly key: string | null;
  /** When it happened, by the publisher's clock; where it had a due time, that. */
  readonly occurredAt: Date;
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C Trace Context of its publishing, where somebody keeps traces. */
  readonly traceparent: string | null;
  readonly actor: string;
}

/** What is said of a fact beside its shape. */
export interface EventOptions<Data> {
  /** The field whose value keeps its order: it names a row that the publishing transaction writes or locks. */
  readonly key?: StringField<Data>;
  /** The field that names the story, such as `orderId`: `trace` finds the fact by it. */
  readonly correlation?: StringField<Data>;
  /** How data of an older version becomes data of the next: `{ 1: (v1) => v2 }`, JSON to JSON, a step for each. */
  readonly upcast?: Upcast;
}

/** By the older version: makes its JSON that of the next version. */
export type Upcast = Readonly<Record<number, (older: never) => unknown>>;

type StringField<Data> = { [Field in keyof Data]: Data[Field] extends string ? Field : never }[keyof Data] & string;

/** One fact of the published language: its name, version and shape. */
export interface EventDeclaration<Name extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Name;
  readonly version: number;
  readonly schema: Schema;
  /** The fields that give its facts their key and their story; null: nothing does. */
  readonly key: string | null;
  readonly correlation: string | null;
  readonly upcast: Upcast;
}

/** Calling a declaration makes a fact. */
export interface EventType<Name extends string, Schema extends z.ZodType> extends EventDeclaration<Name, Schema> {
  /** @throws {InvalidEvent} */
  (data: z.output<Schema>): NewEvent<Name, z.output<Schema>>;
}

/** A fact of this declaration as subscribers get it. */
export type EventOf<Declaration> =
  Declaration extends EventDeclaration<infer Name, infer Schema> ? DeliveredEvent<Name, z.output<Schema>> : never;

/** A publisher broke its own schema. */
export class InvalidEvent extends Error {
  constructor(type: string, why: string) {
    super(`${type}: ${why}`);
    this.name = 'InvalidEvent';
  }
}

const NAME = /^[a-z]+\.[A-Z][A-Za-z]+$/;

/**
 * Declares a fact: `defineEvent('checkout.OrderPlaced', 1, z.object({ … }), { key: 'orderId' })`. From version 2 on it says
 * how each older version is read: `upcast: { 1: (v1) => v2 }`.
 * @throws {InvalidEvent}
 */
export function defineEvent<const Name extends string, Schema extends z.ZodType>(
  type: Name,
  version: number,
  schema: Schema,
  options: EventOptions<z.output<Schema>> = {},
): EventType<Name, Schema> {
  const { key, correlation, upcast = {} } = options;
  if (!NAME.test(type)) throw new InvalidEvent(type, 'a type is named context.PastTense');
  assertEveryStep(type, version, upcast);
  const create = (data: z.output<Schema>): NewEvent<Name, z.output<Schema>> => ({
    type,
    version,
    data,
    payload: encode(type, schema, data),
    key: fieldOf(data, key),
    correlationId: fieldOf(data, correlation),
  });
  return Object.assign(create, {
    type,
    version,
    schema,
    key: key ?? null,
    correlation: correlation ?? null,
    upcast,
  });
}

/** Facts of every older version are in the log: each needs its way to this one. */
function assertEveryStep(type: string, version: number, upcast: Upcast): void {
  if (!Number.isSafeInteger(version) || version < 1)
    throw new InvalidEvent(type, `a version is a whole number from 1, not ${version}`);
  const older = Array.from({ length: version - 1 }, (_, at) => at + 1);
  const missing = older.filter((step) => typeof upcast[step] !== 'function');
  if (missing.length > 0)
    throw new InvalidEvent(
      type,
      `v${version} has to say how older facts are read; upcast has no step ${missing.map((step) => `${step} → ${step + 1}`).join(', ')}`,
    );
  const surplus = Object.keys(upcast).filter((step) => !older.includes(Number(step)));
  if (surplus.length > 0)
    throw new InvalidEvent(type, `upcast has a step from v${surplus.join(', v')}, which is not older than v${version}`);
}

function fieldOf(data: unknown, name: string | undefined): string | null {
  return name ? (data as Record<string, string>)[name]! : null;
}

function encode(type: string, schema: z.ZodType, data: unknown): unknown {
  const encoded = z.safeEncode(schema, data);
  if (!encoded.success) throw new InvalidEvent(type, z.prettifyError(encoded.error));
  try {
    assertFaithfulJson(encoded.data);
  } catch (error) {
    throw new InvalidEvent(type, (error as Error).message);
  }
  return encoded.data;
}
