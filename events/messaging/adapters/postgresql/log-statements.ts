import type { EventDraft, RecordedEvent } from '../../log.ts';
import type { TenantId } from '#shared-kernel/tenant';
import type { Statement } from './statement.ts';

/** The columns that carry a fact, in every table that holds one. */
export const FACT_COLUMNS =
  'id, type, version, tenant_id, key, data, occurred_at, correlation_id, causation_id, traceparent, actor, source';

const FACT_TYPES = [
  'uuid[]',
  'text[]',
  'int[]',
  'text[]',
  'text[]',
  'json[]',
  'timestamptz[]',
  'uuid[]',
  'uuid[]',
  'text[]',
  'text[]',
  'text[]',
];

/** `$1::uuid[], $2::text[], …`: facts as one array a column, starting at a parameter number. */
export const factParameters = (first = 1): string => FACT_TYPES.map((type, at) => `$${at + first}::${type}`).join(', ');

const INSERT = `insert into messaging.log (${FACT_COLUMNS})`;
const APPEND = `${INSERT} select * from unnest(${factParameters()})`;

/** The usual case is one fact: plain values spare both ends the arrays. */
const APPEND_ONE = `${INSERT} values (${factParameters().replaceAll('[]', '')})`;

/** Appends facts in their order, in one statement. */
export const appendStatement = (drafts: readonly EventDraft[]): Statement =>
  drafts.length === 1
    ? { name: 'messaging.append-one', text: APPEND_ONE, values: factValues(drafts).map(([value]) => value) }
    : { name: 'messaging.append', text: APPEND, values: factValues(drafts) };

export const factValues = (drafts: readonly EventDraft[]): unknown[][] => [
  drafts.map(({ id }) => id),
  drafts.map(({ type }) => type),
  drafts.map(({ version }) => version),
  drafts.map(({ tenantId }) => tenantId),
  drafts.map(({ key }) => key),
  drafts.map(({ data }) => data),
  drafts.map(({ occurredAt }) => occurredAt.toISOString()),
  drafts.map(({ correlationId }) => correlationId),
  drafts.map(({ causationId }) => causationId),
  drafts.map(({ traceparent }) => traceparent),
  drafts.map(({ actor }) => actor),
  drafts.map(({ source }) => source),
];

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
