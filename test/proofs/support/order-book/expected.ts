import type { OpeningStock } from '#app/import/run';
import { warehouseIdOf } from '#app/import/names';
import type { FiledBook, FiledLine, FiledOrder, FiledStock } from './filed.ts';

/** How each order has to end, and what has to have been received for that. */
export interface Expected {
  readonly completed: readonly FiledOrder[];
  readonly cancelled: readonly { readonly id: string; readonly reason: string }[];
  readonly receipts: readonly FiledStock[];
}

/** Serves the orders in date order, each in full or not at all, from what there is of its products anywhere. */
export function expect({ orders, stock }: FiledBook, openingStock: OpeningStock): Expected {
  const receipts = openingStock === 'ample' ? [...stock, ...beyond(orders, stock)] : stock;
  const left = sumByProduct(receipts);
  const completed: FiledOrder[] = [];
  const cancelled: { id: string; reason: string }[] = [];
  for (const order of orders) {
    const wanted = sumByProduct(order.lines);
    const short = [...wanted].find(([product, pieces]) => pieces > (left.get(product) ?? 0));
    if (short) {
      cancelled.push({ id: order.id, reason: reasonOf(order, short, left) });
      continue;
    }
    completed.push(order);
    for (const [product, pieces] of wanted) left.set(product, left.get(product)! - pieces);
  }
  return { completed, cancelled, receipts };
}

function reasonOf(
  { lines }: FiledOrder,
  [product, pieces]: readonly [string, number],
  left: ReadonlyMap<string, number>,
) {
  const { sku } = lines.find(({ productId }) => productId === product) as FiledLine;
  return `out of stock: ${sku} (${pieces} ordered, ${left.get(product) ?? 0} available)`;
}

/** What all orders want of a product beyond what is listed is received where finished goods are. */
function beyond(orders: readonly FiledOrder[], stock: readonly FiledStock[]): FiledStock[] {
  const listed = sumByProduct(stock);
  const wanted = sumByProduct(orders.flatMap(({ lines }) => lines));
  return [...wanted]
    .map(([productId, pieces]) => ({
      productId,
      warehouseId: warehouseIdOf('7'),
      quantity: pieces - (listed.get(productId) ?? 0),
    }))
    .filter(({ quantity }) => quantity > 0);
}

function sumByProduct(
  pieces: readonly { readonly productId: string; readonly quantity: number }[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { productId, quantity } of pieces) sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  return sums;
}
