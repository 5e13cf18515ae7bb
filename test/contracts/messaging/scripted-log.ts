import { MEMORY } from '#events/messaging/adapters/in-memory/log';
import {
  BEGINNING,
  type AppenderSighting,
  type LogPosition,
  type LogSource,
  type RecordedEvent,
} from '#events/messaging/log/log';
import { DEFAULT_TENANT } from '#shared-kernel/tenant';
import { uuidV7 } from '#shared-kernel/uuid';

const nothing = () => undefined;

/** A log whose appenders do what a test says, between any two questions of its reader. Its notes say where they stand. */
export class ScriptedLog implements LogSource {
  server = MEMORY;
  readonly appenders = new Map<string, number>();
  /** How often the reader has asked who is appending. */
  sightings = 0;
  /** How often it has asked for rows. */
  reads = 0;
  /** Happen once, just before or just after the next read, or just after the next look at who is appending. */
  beforeRead: () => void = nothing;
  afterRead: () => void = nothing;
  afterSighting: () => void = nothing;
  #rows: RecordedEvent[] = [];
  #drawn = 0;

  /** Begins an append; it is visible once it is committed. */
  draw(appender: string): void {
    this.#drawn += 1;
    this.appenders.set(appender, this.#drawn);
  }

  commit(appender: string): void {
    const position = this.appenders.get(appender)!;
    this.#rows = [...this.#rows, noteAt(position)].toSorted((a, b) => a.position - b.position);
    this.appenders.delete(appender);
  }

  append(): void {
    this.draw('at once');
    this.commit('at once');
  }

  /** As after a restore: what stood behind `position` was never written. */
  goBackTo(position: number): void {
    this.#rows = this.#rows.filter((row) => row.position <= position);
    this.#drawn = position;
    this.appenders.clear();
  }

  /** Of all that is visible. */
  get positions(): readonly number[] {
    return this.#rows.map(({ position }) => position);
  }

  get drawn(): number {
    return this.#drawn;
  }

  async rows(from: number, span: number): Promise<RecordedEvent[]> {
    this.reads += 1;
    this.#once('beforeRead');
    const rows = this.#rows.filter(({ position }) => position >= from);
    const near = rows.filter(({ position }) => position <= from + span);
    this.#once('afterRead');
    return near.some(({ position }) => position > from) ? near : rows.slice(0, near.length + 1);
  }

  async floor(): Promise<number> {
    return 0;
  }

  async lastBefore(position: number): Promise<LogPosition> {
    const last = this.#rows.findLast((row) => row.position < position);
    return last ? { position: last.position, eventId: last.id } : BEGINNING;
  }

  async sightAppenders(): Promise<AppenderSighting> {
    const last = this.#rows.at(-1);
    const highest = last ? { position: last.position, eventId: last.id } : BEGINNING;
    const appenders = new Set(this.appenders.keys());
    this.sightings += 1;
    this.#once('afterSighting');
    return { highest, appenders };
  }

  #once(hook: 'beforeRead' | 'afterRead' | 'afterSighting'): void {
    const happen = this[hook];
    this[hook] = nothing;
    happen();
  }
}

const noteAt = (position: number): RecordedEvent => ({
  position,
  id: uuidV7(),
  type: 'desk.NoteTaken',
  version: 1,
  tenantId: DEFAULT_TENANT,
  key: String(position),
  data: JSON.stringify({ topic: String(position), text: String(position) }),
  occurredAt: new Date(0),
  recordedAt: new Date(0),
  correlationId: uuidV7(),
  causationId: uuidV7(),
  traceparent: null,
  actor: 'test',
  source: 'desk.test',
});
