import type { EventDraft, RecordedEvent } from '../../../log/log.ts';
import type { TenantId } from '#shared-kernel/tenant';
import type { PipelinedStatement } from '../transactions/pipeline.ts';

/** The columns that carry a fact, in every table that holds one. */
export const FACT_COLUMNS =
  'id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, traceparent, actor, source';

const FACT_TYPES = [
  'uuid',
  'text',
  'int',
  'text',
  'text',
  'json',
  'timestamptz',
  'uuid',
  'uuid',
  'text',
  'text',
  'text',
];

/** `$1::uuid, $2::text, …`; with `[]` behind each type for one array a column. */
const parameters = (suffix = '') => FACT_TYPES.map((type, at) => `$${at + 1}::${type}${suffix}`).join(', ');

const INSERT = `insert into messaging.log (${FACT_COLUMNS})`;
const APPEND = `${INSERT} select * from unnest(${parameters('[]')})`;

/** The usual case is one fact: plain values spare both ends the arrays. */
const APPEND_ONE = `${INSERT} values (${parameters()})`;

/** Appends facts in their order, in one statement. */
export const appendStatement = (drafts: readonly EventDraft[]): PipelinedStatement =>
  drafts.length === 1
    ? { name: 'messaging.append-one', text: APPEND_ONE, values: valuesOf(drafts[0]!), givesNothing: true }
    : { name: 'messaging.append', text: APPEND, values: columnsOf(drafts.map(valuesOf)), givesNothing: true };

const valuesOf = (draft: EventDraft): unknown[] => [
  draft.id,
  draft.type,
  draft.version,
  draft.tenantId,
  draft.key,
  draft.data,
  isoOf(draft.occurredAt),
  draft.correlationId,
  draft.causationId,
  draft.traceparent,
  draft.actor,
  draft.source,
];

let lastMoment = Number.NaN;
let lastIso = '';

/** Many facts of a busy process have a moment in common. */
function isoOf(moment: Date): string {
  if (moment.getTime() !== lastMoment) [lastMoment, lastIso] = [moment.getTime(), moment.toISOString()];
  return lastIso;
}

const columnsOf = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  FACT_TYPES.map((_type, at) => rows.map((row) => row[at]));

/** A fact's columns as they come back. */
export interface FactRow {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly tenant_id: TenantId;
  readonly key: string | null;
  readonly data: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly correlation_id: string;
  readonly causation_id: string;
  readonly traceparent: string | null;
  readonly actor: string;
  readonly source: string;
}

export const toRecordedEvent = (row: FactRow): RecordedEvent => ({
  position: row.position,
  id: row.id,
  type: row.type,
  version: row.version,
  tenantId: row.tenant_id,
  key: row.key,
  data: row.data,
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  traceparent: row.traceparent,
  actor: row.actor,
  source: row.source,
});

export const toDraft = ({ position: _position, recordedAt: _recordedAt, ...draft }: RecordedEvent): EventDraft => draft;
