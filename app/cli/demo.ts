import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { addressOf, readConfig } from '../config.ts';
import { demo } from '../demo/load.ts';
import { demoOrder } from '../demo/order.ts';
import { wholeNumber } from './arguments.ts';
import { CommandFailed } from './command-failed.ts';
import { print } from './print.ts';
import { NoSuchThing, Shop } from './shop.ts';

export const addDemo = (program: Command): Command =>
  program
    .command('demo')
    .description('place a demo order at the running server, and wait until it is confirmed; exit code 1 if it is not')
    .option('--wait <seconds>', 'for so long, at most', '10')
    .action(placeAndFollow);

const LOOK_EVERY = 20;
/** Pieces that come in when the demo product has run out. */
const REFILL = 25;

async function placeAndFollow({ wait }: { readonly wait: string }): Promise<void> {
  const patience = wholeNumber('--wait', wait, 1);
  const shop = new Shop(`http://${addressOf(readConfig())}`);
  await refill(shop);
  const { id } = await shop.ask<{ id: string }>('/api/checkout/orders', demoOrder(demo));
  const { status, reason } = await follow(shop, id, patience * 1000);
  if (status === 'placed')
    throw new CommandFailed(
      `order ${id} is still not confirmed after ${patience} s. What holds it: npx microlith events status`,
    );
  const outcome = `order ${id} is ${status}${reason ? `: ${reason}` : ''}`;
  const hint = `its way through the contexts:  npx microlith trace ${id}`;
  if (status === 'cancelled') throw new CommandFailed(`${outcome}\n${hint}`);
  print(`${outcome}\n\n${hint}`);
}

/** Orders of the demo take pieces for good; so that there is always one more, new ones come in. */
async function refill(shop: Shop): Promise<void> {
  const { productId, warehouseId } = demo;
  if ((await findAvailable(shop)) > 0) return;
  await shop.ask('/api/fulfillment/stock-receipts', { productId, warehouseId, quantity: REFILL });
  print(`the demo product had run out: ${REFILL} more were received`);
}

async function findAvailable(shop: Shop): Promise<number> {
  try {
    return (await shop.ask<{ available: number }>(`/api/fulfillment/stock/${demo.productId}`)).available;
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error;
    throw new CommandFailed(
      'this shop has no demo goods: its server was started with MICROLITH_DEMO=0, or with a database that held others',
    );
  }
}

interface Followed {
  readonly status: string;
  readonly reason: string | null;
}

async function follow(shop: Shop, orderId: string, patience: number): Promise<Followed> {
  const deadline = Date.now() + patience;
  for (;;) {
    const order = await shop.ask<Followed>(`/api/checkout/orders/${orderId}`);
    if (order.status !== 'placed' || Date.now() >= deadline) return order;
    await sleep(LOOK_EVERY);
  }
}
