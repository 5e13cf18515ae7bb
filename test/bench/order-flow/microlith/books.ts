import { type PrivateGround, query } from '../../../proofs/support/ground.ts';
import type { Books, FollowUps } from '../shop.ts';

const COUNTS = `
  select (select count(*) from checkout.orders o join billing.invoices i on i.order_id = o.id
           where o.status = 'confirmed' and i.status = 'paid' and i.captured = o.total)::int as paid,
         (select count(*) from notifications.mails where state = 'sent')::int as mailed`;

const SET_ASIDE = `
  select p.sku, sum(l.reserved)::int as pieces
    from fulfillment.stock_levels l join fulfillment.products p on p.id = l.product_id group by p.sku`;

export async function readBooks({ superuser }: PrivateGround): Promise<Books> {
  const [counts] = await query<Pick<Books, 'paid' | 'mailed'>>(superuser, COUNTS);
  const levels = await query<{ sku: string; pieces: number }>(superuser, SET_ASIDE);
  return { ...counts!, setAside: new Map(levels.map(({ sku, pieces }) => [sku, pieces])) };
}

/** When a subscriber's lane passed a fact `c`. */
const passed = (context: string, subscriber: string) => `
  (select g.recorded_at from ${context}.ledger g join ${context}.lane l on l.id = g.lane_id
    where '${context}.${subscriber}' = any(l.names) and g.from_position < c.position
    order by g.from_position desc limit 1)`;

const FOLLOW_UPS = `
  select extract(epoch from greatest(${passed('fulfillment', 'prepareShipmentsOnOrderConfirmed')},
                                     ${passed('notifications', 'mailOnOrderConfirmed')}) - c.recorded_at)::float8 * 1000 as followed,
         extract(epoch from m.recorded_at - c.recorded_at)::float8 * 1000 as mailed
    from messaging.log c join messaging.log m on m.correlation_id = c.correlation_id and m.type = 'notifications.MailSent'
   where c.type = 'checkout.OrderConfirmed' order by c.position`;

/** By the log's and the ledgers' own times. */
export async function readFollowUps({ superuser }: PrivateGround): Promise<FollowUps> {
  const orders = await query<{ followed: number; mailed: number }>(superuser, FOLLOW_UPS);
  return { followed: orders.map(({ followed }) => followed), mailed: orders.map(({ mailed }) => mailed) };
}
