import { accountOf, balance, type Balance, NOTHING } from './account.ts';
import type { Demand } from './demand.ts';
import type { State } from './state.ts';

/** Pieces: what came in, what left, what is there, and for which orders. */
export function judgeStock(state: State, { receipts }: Pick<Demand, 'receipts'>): Balance[] {
  const shipped = state.allocations.filter(hasLeft);
  const completed = new Set(state.orders.filter(({ status }) => status === 'completed').map(({ id }) => id));
  const sold = state.lines.filter(({ orderId }) => completed.has(orderId));
  return [
    balance('pieces received, of those sent', byPlace(receipts), byPlace(state.receipts)),
    balance(
      'on hand = received − shipped',
      accountOf([...movesOf(state.receipts), ...movesOf(shipped, -1)]),
      onHandOf(state),
    ),
    balance('pieces shipped = pieces on completed orders', byOrder(sold), byOrder(shipped)),
    balance('pieces oversold', NOTHING, oversoldOf(state, sold)),
    balance('pieces still reserved', NOTHING, accountOf(state.levels.map((level) => [placeOf(level), level.reserved]))),
  ];
}

/** Where nothing was ever released: an order was refused only for want of stock that is still wanting at the end. */
export function judgeShortages(state: State): Balance {
  const left = accountOf(state.levels.map(({ productId, onHand }) => [productId, onHand]));
  const skuOf = new Map(state.lines.map(({ productId, sku }) => [sku, productId]));
  const refused = state.orders.filter(({ status }) => status === 'cancelled');
  const couldBeServed = refused.filter(({ reason }) => {
    const [, sku = '', wanted = '0'] = SHORTAGE.exec(reason ?? '') ?? [];
    return (left.get(skuOf.get(sku) ?? '') ?? 0n) >= BigInt(wanted);
  });
  return balance('orders refused that could be served', NOTHING, accountOf(couldBeServed.map(({ id }) => [id, 1])));
}

const SHORTAGE = /^out of stock: (\S+) \((\d+) ordered, \d+ available\)$/;

const hasLeft = ({ shipment }: State['allocations'][number]) => shipment === 'dispatched' || shipment === 'delivered';

/** Independent of warehouses: what was received is all that can be sold. */
function oversoldOf({ receipts }: State, sold: State['lines']) {
  const balances = accountOf([
    ...sold.map(({ productId, quantity }) => [productId, quantity] as const),
    ...receipts.map(({ productId, quantity }) => [productId, -quantity] as const),
  ]);
  return accountOf([...balances].filter(([, pieces]) => pieces > 0n));
}

interface Pieces {
  readonly productId: string;
  readonly warehouseId: string;
  readonly quantity: number;
}

export const placeOf = ({ productId, warehouseId }: Omit<Pieces, 'quantity'>) =>
  `product ${productId} in warehouse ${warehouseId}`;

const movesOf = (moves: readonly Pieces[], sign = 1) =>
  moves.map((move) => [placeOf(move), sign * move.quantity] as const);

const byPlace = (moves: readonly Pieces[]) => accountOf(movesOf(moves));

const onHandOf = ({ levels }: State) => accountOf(levels.map((level) => [placeOf(level), level.onHand]));

const byOrder = (pieces: readonly { orderId: string; productId: string; quantity: number }[]) =>
  accountOf(pieces.map(({ orderId, productId, quantity }) => [`product ${productId} of order ${orderId}`, quantity]));
