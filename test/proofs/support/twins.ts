import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderId } from '#shared-kernel/ids';
import { accountOf, balance, type Balance, onceEach } from './account.ts';
import { judge } from './balances.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Crowd, gather } from './crowd.ts';
import { type Demand, type PlannedOrder, planCustomer, planProduct, planReceipt, planWarehouse } from './demand.ts';
import type { Ground } from './ground.ts';
import type { Answer, Call, HttpClient } from './http-client.ts';
import type { ProofOptions } from './options.ts';
import { quiet } from './quiet.ts';
import { endAll } from './rush.ts';
import type { Verdict } from './run-proof.ts';
import { type ServerProcess, startServers, stopAll } from './server-process.ts';
import { orderCall, orderFromCartCall, type PlacedOrders } from './shopping.ts';
import { readState } from './state.ts';

const PATIENCE = 60_000;
/** Milliseconds within which a server is killed: a call is answered after half of them or so. */
const KILLED_WITHIN = 60;

type Twins = Pick<ProofOptions, 'seed' | 'orders'> & {
  /** In which rounds a server is killed: every second, third … */
  readonly killEvery?: number;
};

/** The same final call to two servers at once, one of which is killed about then, and again to both; round after round. */
export async function proveTwins(ground: Ground, options: Twins): Promise<Verdict> {
  const { killEvery = 1 } = options;
  const chance = chanceOf(options.seed);
  const demand = planRounds(options, chance);
  const servers = await startServers(ground, 2);
  const crowd = await gather({ ground, demand, servers, clients: servers.length, isDisturbed: true });
  const named: (readonly OrderId[])[] = [];
  for (const [at, order] of demand.orders.entries()) {
    const call = await FINAL_CALLS[at % FINAL_CALLS.length]!(crowd, order);
    const victim = at % killEvery === killEvery - 1 ? chance.among(servers) : undefined;
    named.push(await playRound(call, crowd.clients, victim && { victim, after: chance.below(KILLED_WITHIN) }));
  }
  await endAll({ client: crowd.clients[0]!, shopping: Promise.resolve(), patience: PATIENCE });
  await quiet(ground);
  const stopped = await stopAll(servers);
  const placed: PlacedOrders = new Map(demand.orders.map(({ key }, at) => [key, named[at]![0]!]));
  const judgeNow = async () => [
    judgeAnswers(demand, named),
    ...judge(await readState(ground), { demand, placed, tally: crowd.tally }),
  ];
  return {
    figures: {
      'rounds, kills': `${demand.orders.length}, ${Math.floor(demand.orders.length / killEvery)}`,
      'calls repeated': crowd.tally.repeated,
    },
    balances: [...(await judgeNow()), stopped],
    judgeAgain: judgeNow,
  };
}

type FinalCall = (crowd: Crowd, order: PlannedOrder) => Promise<Call>;

/** An order under a key, a cart's order under a key, and a cart's order from a client that knows of no keys. */
const FINAL_CALLS: readonly FinalCall[] = [
  async ({ customers }, order) => orderCall(order, customers),
  async (crowd, order) => ({ ...orderFromCartCall(order, await fillCart(crowd, order)), key: order.key }),
  async (crowd, order) => orderFromCartCall(order, await fillCart(crowd, order)),
];

async function fillCart({ clients: [client], customers }: Crowd, { customer, lines }: PlannedOrder): Promise<string> {
  const opening = { customerId: customers[customer]! };
  const { body } = await client!.call({ method: 'POST', path: '/api/checkout/carts', body: opening, mayEnd: [201] });
  const cartId = body['id'] as string;
  for (const line of lines) {
    await client!.call({ method: 'POST', path: `/api/checkout/carts/${cartId}/lines`, body: line, mayEnd: [204] });
  }
  return cartId;
}

interface Kill {
  readonly victim: ServerProcess;
  /** Milliseconds. */
  readonly after: number;
}

/** Returns every order that an answer named. */
async function playRound(
  call: Call,
  clients: readonly HttpClient[],
  kill: Kill | undefined,
): Promise<readonly OrderId[]> {
  const sendToAll = () => Promise.all(clients.map((client) => client.call(call)));
  const [first] = await Promise.all([sendToAll(), kill && restart(kill)]);
  const again = await sendToAll();
  return [...new Set([...first, ...again].map(orderNamedBy))];
}

async function restart({ victim, after }: Kill): Promise<void> {
  await sleep(after);
  await victim.kill();
  await victim.start();
}

/** The order, also where the answer is that the cart has become one already. */
const orderNamedBy = ({ body }: Answer): OrderId =>
  (body['id'] ?? (body['details'] as Record<string, unknown> | undefined)?.['orderId']) as OrderId;

export const judgeAnswers = ({ orders }: Demand, named: readonly (readonly OrderId[])[]): Balance =>
  balance(
    'orders named by the answers, one a round',
    onceEach(orders.map(({ key }) => key)),
    accountOf(orders.map(({ key }, at) => [key, named[at]!.filter(Boolean).length])),
  );

function planRounds({ seed, orders }: Pick<ProofOptions, 'seed' | 'orders'>, chance: Chance): Demand {
  const product = planProduct(0, chance);
  const warehouse = planWarehouse(0);
  return {
    products: [product],
    warehouses: [warehouse],
    customers: [planCustomer(0)],
    receipts: [planReceipt(product.productId, warehouse.warehouseId, 2 * orders)],
    orders: Array.from({ length: orders }, (_, at) => ({
      key: `round-${seed}-${at}`,
      customer: 0,
      lines: [{ productId: product.productId, quantity: 1 }],
      paymentToken: 'tok_approve',
    })),
  };
}
