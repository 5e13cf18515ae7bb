import type { RecordedEvent } from '../log/log.ts';
import { schemaIdOf } from './schema.ts';

/**
 * A fact under the names of CloudEvents 1.0 (JSON format), as it leaves the process. Extensions are `recordedtime`,
 * `sequence` and `traceparent` as registered there, and our own; names are lower case letters and digits, as they must be.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  /** Type and version: `checkout.OrderPlaced.v1`. */
  readonly type: string;
  /** What keeps its order. */
  readonly subject?: string;
  /** When it happened. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly recordedtime: string;
  /** Its position in the log, in as many digits as sort like numbers. */
  readonly sequence: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly traceparent?: string;
  readonly tenantid: string;
  readonly actor: string;
  /** The command or subscriber that published it. */
  readonly publishedby: string;
  readonly data: unknown;
}

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** A fact as the log keeps it, in the version it was recorded in. */
export const toCloudEvent = (recorded: RecordedEvent): CloudEvent => ({
  specversion: '1.0',
  id: recorded.id,
  source: sourceOf(recorded.type),
  type: cloudEventTypeOf(recorded),
  ...(recorded.key !== null && { subject: recorded.key }),
  time: recorded.occurredAt.toISOString(),
  datacontenttype: 'application/json',
  dataschema: schemaIdOf(recorded),
  recordedtime: recorded.recordedAt.toISOString(),
  sequence: String(recorded.position).padStart(DIGITS, '0'),
  correlationid: recorded.correlationId,
  causationid: recorded.causationId,
  ...(recorded.traceparent !== null && { traceparent: recorded.traceparent }),
  tenantid: recorded.tenantId,
  actor: recorded.actor,
  publishedby: recorded.source,
  data: JSON.parse(recorded.data),
});

/** Names the context that publishes a type, as CloudEvents want it: by a URI. */
export const sourceOf = (type: string): string => `/microlith/${type.split('.')[0]}`;

/** The type of a fact outside of this process: it names the version too. */
export const cloudEventTypeOf = ({ type, version }: Pick<RecordedEvent, 'type' | 'version'>): string =>
  `${type}.v${version}`;
