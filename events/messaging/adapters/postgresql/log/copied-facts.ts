import type pg from 'pg';
import type { TenantId } from '#shared-kernel/tenant';
import type { RecordedEvent } from '../../../log/log.ts';
import { copyRows } from './copy.ts';

/** Those of fixed length first. */
const COLUMNS = `position, id, correlation_id, causation_id, version, occurred_at, recorded_at,
  type, tenant_id, key, data, traceparent, actor, source`;

/** All facts from one position to another, in order. */
export function copyFacts(client: pg.ClientBase, from: number, to: number): Promise<readonly RecordedEvent[]> {
  const span = `position between ${Math.trunc(from)} and ${Math.trunc(to)}`;
  const select = `select ${COLUMNS} from messaging.log where ${span} order by position`;
  return copyRows(client, select, (bytes, start) => new CopiedFact(bytes, start));
}

/** Before each field stands its length; before the first one their number. */
const LENGTH = 4;
const COUNT = 2;
/** Where the fields of fixed length lie in a row. */
const POSITION = COUNT + LENGTH;
const ID = POSITION + 8 + LENGTH;
const CORRELATION_ID = ID + 16 + LENGTH;
const CAUSATION_ID = CORRELATION_ID + 16 + LENGTH;
const VERSION = CAUSATION_ID + 16 + LENGTH;
const OCCURRED_AT = VERSION + 4 + LENGTH;
const RECORDED_AT = OCCURRED_AT + 8 + LENGTH;
const TEXTS = RECORDED_AT + 8;

/** A fact that reads a field from its row when it is asked for: most never are, and what is not made need not be collected. */
class CopiedFact implements RecordedEvent {
  readonly position: number;
  readonly type: string;
  readonly #bytes: Buffer;
  readonly #start: number;
  #tenantId: TenantId | undefined;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.position = int8(bytes, start + POSITION);
    this.type = this.#text(0)!;
  }

  get id(): string {
    return uuid(this.#bytes, this.#start + ID);
  }

  get correlationId(): string {
    return uuid(this.#bytes, this.#start + CORRELATION_ID);
  }

  get causationId(): string {
    return uuid(this.#bytes, this.#start + CAUSATION_ID);
  }

  get version(): number {
    return this.#bytes.readInt32BE(this.#start + VERSION);
  }

  get occurredAt(): Date {
    return timestamp(this.#bytes, this.#start + OCCURRED_AT);
  }

  get recordedAt(): Date {
    return timestamp(this.#bytes, this.#start + RECORDED_AT);
  }

  get tenantId(): TenantId {
    return (this.#tenantId ??= this.#text(1) as TenantId);
  }

  get key(): string | null {
    return this.#text(2);
  }

  get data(): string {
    return this.#text(3)!;
  }

  get traceparent(): string | null {
    return this.#text(4);
  }

  get actor(): string {
    return this.#text(5)!;
  }

  get source(): string {
    return this.#text(6)!;
  }

  #text(index: number): string | null {
    let at = this.#start + TEXTS;
    for (let before = index; before > 0; before -= 1) at += LENGTH + Math.max(0, this.#bytes.readInt32BE(at));
    const length = this.#bytes.readInt32BE(at);
    return length < 0 ? null : this.#bytes.toString('utf8', at + LENGTH, at + LENGTH + length);
  }
}

const int8 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);

/** Milliseconds from 1970 to 2000, from where PostgreSQL counts microseconds. */
const EPOCH = Date.UTC(2000);

const timestamp = (bytes: Buffer, at: number): Date => new Date(EPOCH + Math.floor(int8(bytes, at) / 1_000));

function uuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
