import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { demo } from '../demo/load.ts';
import { demoOrder } from '../demo/order.ts';
import { CommandFailed } from './command-failed.ts';
import { print } from './print.ts';

export const addDemo = (program: Command): Command =>
  program
    .command('demo')
    .description('place a demo order at the running server, and wait until it is confirmed')
    .action(placeAndFollow);

const PATIENCE = 10_000;
const LOOK_EVERY = 20;

async function placeAndFollow(): Promise<void> {
  const { host, port } = readConfig();
  const url = `http://${host}:${port}/api/checkout/orders`;
  const { id } = await ask<{ id: string }>(url, {
    method: 'POST',
    body: JSON.stringify(demoOrder(demo)),
    headers: JSON_BODY,
  });
  const order = await follow(`${url}/${id}`);
  print(`order ${id} is ${order.status}${order.reason ? `: ${order.reason}` : ''}\n`);
  print(`its way through the contexts:  npm run microlith -- trace ${id}`);
}

const JSON_BODY = { 'content-type': 'application/json' };

interface Followed {
  readonly status: string;
  readonly reason: string | null;
}

async function follow(url: string): Promise<Followed> {
  const deadline = Date.now() + PATIENCE;
  let order = await ask<Followed>(url);
  while (order.status === 'placed' && Date.now() < deadline) {
    await sleep(LOOK_EVERY);
    order = await ask<Followed>(url);
  }
  return order;
}

async function ask<Answer>(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init).catch(() => {
    throw new CommandFailed(`no server answers at ${new URL(url).origin}; start one with: npm start`);
  });
  const body: unknown = await response.json();
  if (response.ok) return body as Answer;
  const { code, detail } = body as { code?: string; detail?: string };
  throw new CommandFailed(`the server refused the order: ${code ?? response.status} ${detail ?? ''}`);
}
