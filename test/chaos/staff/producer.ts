import { setTimeout as sleep } from 'node:timers/promises';
import { beginExecution, runAs } from '#events/messaging/units/execution';
import { TenantId } from '#shared-kernel/tenant';
import { type Chance, chanceOf } from '../../proofs/support/chance.ts';
import type { ChaosScope } from '../office/context.ts';
import { EntryDue, EntryMade, EntryMadeV2, type PoisonKind } from '../office/events.ts';
import { openOffice } from '../office/office.ts';
import { readOrder, say, untilAskedToEnd, wrongClock } from './child.ts';
import type { ProducerOrder, Telling } from './orders.ts';

interface Command {
  readonly id: string;
  /** Asked again under it until it is answered; without it asked once. */
  readonly isKeyed: boolean;
  readonly tenantId: TenantId;
  readonly account: string;
  readonly poison: PoisonKind | null;
  /** Milliseconds until its due fact; null: it has none. */
  readonly dueAfter: number | null;
}

const TENANTS = ['north', 'south'].map((tenant) => TenantId.parse(tenant));
const ACCOUNTS = 8;
const KEYLESS_EVERY = 6;
const POISON_EVERY = 12;
/** How many entries follow on a poisoned account, to wait behind the poison. */
const FOLLOWERS = 2;
const RETRY_AFTER = 50;
const DUE_EVERY = 4;
const LONGEST_DUE = 1_500;

const order = readOrder() as ProducerOrder;
const signal = untilAskedToEnd();
let { pause } = order;
process.on('message', (telling: Telling) => void (pause = telling.pause ?? pause));
const office = await openOffice(order.database, {
  clock: wrongClock(order.clockOffset),
  poolSize: order.next.length,
  edition: order.edition,
  reportError: () => undefined,
});
async function produce(client: number, first: number): Promise<void> {
  for (let number = first; !signal.aborted; number += 1) {
    const command = commandOf(client, number);
    if (await isAnswered(command)) say({ is: 'acknowledged', command: command.id, client, number });
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** The same command again and again, after whatever happened to this process. */
function commandOf(client: number, number: number): Command {
  const isKeyed = number % KEYLESS_EVERY !== KEYLESS_EVERY - 1;
  const name = `${order.name}.${client}.${number}`;
  const id = isKeyed ? name : `${name}.${order.incarnation}`;
  const chance = chanceOf(order.seed + client * 7_919 + number * 104_729);
  const dueAfter = number % DUE_EVERY === 0 ? chance.below(LONGEST_DUE) : null;
  const place = number % POISON_EVERY;
  const isOnPoisoned = order.poisons.length > 0 && place <= FOLLOWERS;
  if (!isOnPoisoned) return { id, isKeyed, ...healthyAccount(chance), poison: null, dueAfter };
  const { kind, ...account } = poisonedAccount(client, Math.floor(number / POISON_EVERY));
  return { id, isKeyed, ...account, poison: place === 0 ? kind : null, dueAfter };
}

const healthyAccount = (chance: Chance) => ({
  tenantId: chance.among(TENANTS),
  account: `account ${chance.below(ACCOUNTS)}`,
});

function poisonedAccount(client: number, round: number) {
  const kind = order.poisons[(round + client) % order.poisons.length]!;
  return { kind, tenantId: TENANTS[round % TENANTS.length]!, account: `${order.name}.${client}.${round} ${kind}` };
}

async function isAnswered(command: Command): Promise<boolean> {
  for (;;) {
    try {
      await run(command);
      return true;
    } catch (error) {
      say({ is: 'unanswered', command: command.id, error: String(error) });
      if (!command.isKeyed || signal.aborted) return false;
      await sleep(RETRY_AFTER);
    }
  }
}

function run(command: Command): Promise<void> {
  const { id, isKeyed, tenantId } = command;
  const idempotency = { operation: 'chaos.makeEntry', key: id, fingerprint: id };
  const source = 'chaos.makeEntry';
  const execution = beginExecution({ tenantId, actor: order.name, source, ...(isKeyed && { idempotency }) });
  return runAs(execution, () => office.unitOfWork((scope) => makeEntry(scope, command)));
}

async function makeEntry({ count, publish, schedule }: ChaosScope, command: Command): Promise<void> {
  const { id, account, poison, dueAfter } = command;
  const due = dueAfter === null ? null : Date.now() + dueAfter;
  const entry = { account, number: await count(account), command: id, poison, due };
  publish(order.edition === 'new' ? EntryMadeV2({ ...entry, channel: 'counter' }) : EntryMade(entry));
  if (due !== null) schedule.at(new Date(due), id, EntryDue(entry));
}

say({ is: 'ready' });
await Promise.all(order.next.map((next, client) => produce(client, next)));
await office.close();
process.disconnect();
