import { type PrivateGround, query } from '../../../proofs/support/ground.ts';
import type { Books, FollowUps } from '../shop.ts';

const COUNTS = `
  select (select count(*) from "order" o
           where o.state = 'PaymentSettled' and o."subTotalWithTax" + o."shippingWithTax" =
                 (select sum(p.amount) from payment p where p."orderId" = o.id and p.state = 'Settled'))::int as paid,
         (select count(*) from job_record where "queueName" = 'send-email' and state = 'COMPLETED')::int as mailed`;

const SET_ASIDE = `
  select v.sku, sum(l."stockAllocated")::int as pieces
    from stock_level l join product_variant v on v.id = l."productVariantId" group by v.sku`;

export async function readBooks({ superuser }: PrivateGround): Promise<Books> {
  const [counts] = await query<Pick<Books, 'paid' | 'mailed'>>(superuser, COUNTS);
  const levels = await query<{ sku: string; pieces: number }>(superuser, SET_ASIDE);
  return { ...counts!, setAside: new Map(levels.map(({ sku, pieces }) => [sku, pieces])) };
}

const FOLLOW_UPS = `
  select extract(epoch from j."createdAt" - o."orderPlacedAt")::float8 * 1000 as followed,
         extract(epoch from j."settledAt" - o."orderPlacedAt")::float8 * 1000 as mailed
    from "order" o join job_record j on j.data::jsonb #>> '{templateVars,order,code}' = o.code
   where j."queueName" = 'send-email' order by o."orderPlacedAt"`;

/** By the times of the orders and of their jobs. */
export async function readFollowUps({ superuser }: PrivateGround): Promise<FollowUps> {
  const orders = await query<{ followed: number; mailed: number }>(superuser, FOLLOW_UPS);
  return { followed: orders.map(({ followed }) => followed), mailed: orders.map(({ mailed }) => mailed) };
}

/** Jobs that are still to be done. */
export async function countOpenJobs({ superuser }: PrivateGround): Promise<number> {
  const [row] = await query<{ open: number }>(
    superuser,
    `select count(*)::int as open from job_record where state in ('PENDING', 'RUNNING', 'RETRYING')`,
  );
  return row!.open;
}

/** The variants of the demand's products, by their SKU. */
export async function readVariants({ superuser }: PrivateGround): Promise<ReadonlyMap<string, string>> {
  const variants = await query<{ id: number; sku: string }>(superuser, 'select id, sku from product_variant');
  return new Map(variants.map(({ id, sku }) => [sku, String(id)]));
}

/** The only way of shipping there is. */
export async function readShippingMethod({ superuser }: PrivateGround): Promise<string> {
  const [method] = await query<{ id: number }>(superuser, 'select id from shipping_method');
  return String(method!.id);
}
