import type { CustomerId } from '#shared-kernel/ids';
import { bringClients, gather } from '../../../proofs/support/crowd.ts';
import type { PrivateGround } from '../../../proofs/support/ground.ts';
import { quiet } from '../../../proofs/support/quiet.ts';
import { type ServerProcess, startServer } from '../../../proofs/support/server-process.ts';
import { orderCall } from '../../../proofs/support/shopping.ts';
import { Disqualified } from '../../scenario.ts';
import type { OpenShop, Shop, ShopPlan } from '../shop.ts';
import { readBooks, readFollowUps } from './books.ts';
import { Watcher } from './watcher.ts';

/** This project: servers as `npm start` starts them, on one database. */
export const openMicrolith: OpenShop = async (ground, plan) => {
  const customers = await fill(ground, plan);
  const began = performance.now();
  const servers = [await startServer(ground, 'server 0', plan.flags)];
  const startedIn = performance.now() - began;
  for (let at = 1; at < plan.processes; at += 1) servers.push(await startServer(ground, `server ${at}`, plan.flags));
  const watcher = new Watcher(ground.superuser);
  await watcher.open();
  return {
    startedIn,
    servers: servers.map(({ pid }) => [pid]),
    buy: buyFrom(servers, customers, watcher, plan.clients),
    quiet: () => quiet({ database: ground.superuser }),
    readBooks: () => readBooks(ground),
    readFollowUps: () => readFollowUps(ground),
    close: async () => {
      await watcher.close();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
};

/** A server that comes before those that are measured makes the tables, and takes in the goods. */
async function fill(ground: PrivateGround, { demand }: ShopPlan): Promise<readonly CustomerId[]> {
  const first = await startServer(ground, 'first');
  const { customers } = await gather({ ground, demand, servers: [first], clients: 1 });
  await first.stop();
  return customers;
}

function buyFrom(
  servers: readonly ServerProcess[],
  customers: readonly CustomerId[],
  watcher: Watcher,
  count: number,
): Shop['buy'] {
  const { clients } = bringClients({ servers, clients: count });
  return async (order, client) => {
    const { status, body } = await clients[client]!.call(orderCall(order, customers));
    if (status !== 201) throw new Disqualified([`${order.key} was answered with ${status} ${JSON.stringify(body)}`]);
    const decision = await watcher.decision(String(body['id']));
    if (decision !== 'checkout.OrderConfirmed') throw new Disqualified([`${order.key} ended with ${decision}`]);
    return 1;
  };
}
