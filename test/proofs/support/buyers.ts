import { accountOf, balance, type Balance, NOTHING } from './account.ts';
import { judge } from './balances.ts';
import { chanceOf } from './chance.ts';
import { type Crowd, gather } from './crowd.ts';
import { type Demand, planCustomer, planProduct, planReceipt, planWarehouse } from './demand.ts';
import type { Ground } from './ground.ts';
import type { ProofOptions } from './options.ts';
import { quiet } from './quiet.ts';
import { endAll, seconds } from './rush.ts';
import type { Verdict } from './run-proof.ts';
import { startServers, stopAll } from './server-process.ts';
import { untilDecided } from './shipping.ts';
import { shop } from './shopping.ts';
import { readState, type State } from './state.ts';
import { placeOf } from './stock.ts';

const PATIENCE = 60_000;

/** Twice as many buyers as there are pieces, each of whom wants one, before several servers on one database. */
export async function proveBuyers(
  ground: Ground,
  options: Pick<ProofOptions, 'seed' | 'orders' | 'clients' | 'servers'>,
): Promise<Verdict> {
  const pieces = Math.floor(options.orders / 2);
  const demand = planSale(options, pieces);
  const servers = await startServers(ground, options.servers);
  const crowd = await gather({ ground, demand, servers, clients: options.clients });
  const began = performance.now();
  const placed = await shop({ ...crowd, orders: demand.orders });
  const areDecided = await untilDecided(crowd.clients[0]!, PATIENCE);
  const decidedAfter = performance.now() - began;
  await quiet(ground);
  const sold = judgeSale(await readState(ground), demand, pieces);
  await deliverAll(crowd);
  await quiet(ground);
  const stopped = await stopAll(servers);
  const judgeNow = async () => judge(await readState(ground), { demand, placed, tally: crowd.tally });
  const figures = {
    'buyers, pieces': `${demand.orders.length}, ${pieces}`,
    'clients, servers': `${crowd.clients.length}, ${servers.length}`,
    'all decided after': areDecided ? seconds(decidedAfter) : 'never',
  };
  return { figures, balances: [...sold, ...(await judgeNow()), stopped], judgeAgain: judgeNow };
}

const deliverAll = ({ clients }: Crowd) =>
  endAll({ client: clients[0]!, shopping: Promise.resolve(), patience: PATIENCE });

export function planSale({ seed, orders }: Pick<ProofOptions, 'seed' | 'orders'>, pieces: number): Demand {
  const product = planProduct(0, chanceOf(seed));
  const warehouses = [planWarehouse(0), planWarehouse(1)];
  const { productId } = product;
  const here = Math.floor(pieces / 3);
  const [one, other] = warehouses.map(({ warehouseId }) => warehouseId);
  return {
    products: [product],
    warehouses,
    customers: [planCustomer(0)],
    receipts: [planReceipt(productId, one!, here), planReceipt(productId, other!, pieces - here)],
    orders: Array.from({ length: orders }, (_, at) => ({
      key: `buyer-${seed}-${at}`,
      customer: 0,
      lines: [{ productId, quantity: 1 }],
      paymentToken: 'tok_approve',
    })),
  };
}

/** When everybody knows whether they have got a piece, and none has left. */
export function judgeSale(
  state: Pick<State, 'orders' | 'lines' | 'allocations' | 'levels'>,
  { orders, receipts }: Pick<Demand, 'orders' | 'receipts'>,
  pieces: number,
): Balance[] {
  const confirmed = new Set(state.orders.filter(({ status }) => status === 'confirmed').map(({ id }) => id));
  const sold = state.lines.filter(({ orderId }) => confirmed.has(orderId));
  const ends = { confirmed: pieces, cancelled: orders.length - pieces };
  return [
    balance(
      'pieces sold',
      accountOf([['pieces', pieces]]),
      accountOf(sold.map(({ quantity }) => ['pieces', quantity])),
    ),
    balance(
      'buyers, by how it ended',
      accountOf(Object.entries(ends)),
      accountOf(state.orders.map(({ status }) => [status, 1])),
    ),
    balance(
      'the counter of reserved pieces = reservations',
      accountOf(state.allocations.map((each) => [placeOf(each), each.quantity])),
      accountOf(state.levels.map((level) => [placeOf(level), level.reserved])),
    ),
    balance(
      'pieces on hand, all of them promised',
      accountOf(receipts.map((receipt) => [placeOf(receipt), receipt.quantity])),
      accountOf(state.levels.map((level) => [placeOf(level), level.onHand])),
    ),
    balance(
      'pieces still available',
      NOTHING,
      accountOf(state.levels.map((level) => [placeOf(level), level.onHand - level.reserved])),
    ),
  ];
}
