import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedOrder } from '../../../proofs/support/demand.ts';
import type { PrivateGround } from '../../../proofs/support/ground.ts';
import type { OpenShop, Shop, ShopPlan } from '../shop.ts';
import { countOpenJobs, readBooks, readFollowUps, readShippingMethod, readVariants } from './books.ts';
import * as checkout from './checkout.ts';
import { perform, startVendure } from './processes.ts';

/** Vendure in production: a server and the worker that its jobs need. */
export const openVendure: OpenShop = async (ground, plan) => {
  await perform('prepare', ground, plan);
  const began = performance.now();
  const server = await startVendure('server', ground, plan);
  const startedIn = performance.now() - began;
  const worker = await startVendure('worker', ground, plan);
  return {
    startedIn,
    servers: [[server.pid, worker.pid]],
    buy: await buyFrom(`http://127.0.0.1:${server.port}/shop-api`, ground, plan),
    quiet: () => untilJobsAreDone(ground),
    readBooks: () => readBooks(ground),
    readFollowUps: () => readFollowUps(ground),
    close: async () => void (await Promise.all([server.stop(), worker.stop()])),
  };
};

const LOOK_EVERY = 100;
const PATIENCE = 300_000;

/** What is still to be done when patience ends is missing from the books. */
async function untilJobsAreDone(ground: PrivateGround): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(LOOK_EVERY))
    if ((await countOpenJobs(ground)) === 0) return;
}

async function buyFrom(url: string, ground: PrivateGround, { demand }: ShopPlan): Promise<Shop['buy']> {
  const variants = await readVariants(ground);
  const variantOf = new Map(demand.products.map(({ productId, sku }) => [productId, variants.get(sku)]));
  const method = await readShippingMethod(ground);
  return async ({ customer, lines }: PlannedOrder) => {
    const guest = checkout.beginCheckout(url);
    for (const { productId, quantity } of lines)
      await guest.change(checkout.ADD_ITEM, { variant: variantOf.get(productId), quantity });
    await guest.change(checkout.SET_CUSTOMER, { customer: customerOf(demand.customers[customer]!) });
    await guest.change(checkout.SET_ADDRESS, { address: ADDRESS });
    await guest.change(checkout.SET_SHIPPING, { method });
    await guest.change(checkout.BEGIN_PAYMENT);
    await guest.change(checkout.PAY);
    return guest.calls;
  };
}

const customerOf = ({ name, email }: { readonly name: string; readonly email: string }) => ({
  firstName: name,
  lastName: name,
  emailAddress: email,
});

const ADDRESS = {
  fullName: 'Ada Lovelace',
  streetLine1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
};
