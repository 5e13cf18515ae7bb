import { doors } from '#app/contexts';

/** A table whose rows are parts of an aggregate, and that of the roots, by the column that names the root (ADR 21). */
interface Part {
  readonly parts: string;
  readonly by: string;
  readonly roots: string;
  readonly key: string;
}

const PARTS: readonly Part[] = [
  { parts: 'checkout.order_lines', by: 'order_id', roots: 'checkout.orders', key: 'id' },
  { parts: 'billing.invoice_lines', by: 'invoice_id', roots: 'billing.invoices', key: 'id' },
  { parts: 'fulfillment.allocations', by: 'order_id', roots: 'fulfillment.reservations', key: 'order_id' },
  { parts: 'fulfillment.shipments', by: 'order_id', roots: 'fulfillment.reservations', key: 'order_id' },
];

const OF_AGGREGATES = PARTS.map(
  ({ parts, by, roots, key }) => `
    select '${parts}' as what, count(*)::int as count from ${parts} part
     where not exists (select from ${roots} root where (root.tenant_id, root.${key}) = (part.tenant_id, part.${by}))`,
);

const OF_LANES = Object.keys(doors).map(
  (context) => `
    select '${context}.ledger', count(*)::int from ${context}.ledger part
     where not exists (select from ${context}.lane root where root.id = part.lane_id)`,
);

/** How many rows of which table are part of nothing. */
export const ORPHANS = `select * from (${[...OF_AGGREGATES, ...OF_LANES].join(' union all ')}) orphan where count > 0`;

export interface Orphans {
  readonly what: string;
  readonly count: number;
}
