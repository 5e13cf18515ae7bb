import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateGround } from '../../../proofs/support/ground.ts';
import { folderOf } from '../../peers/load.ts';
import type { VendureSettings } from '../../peers/vendure/config.ts';
import type { ShopPlan } from '../shop.ts';

export interface VendureProcess {
  readonly pid: number;
  /** Where it listens; a worker does not. */
  readonly port: number;
  stop(): Promise<void>;
}

type Program = 'prepare' | 'server' | 'worker';

/** Resolves when the program is ready. */
export async function startVendure(
  program: Program,
  ground: PrivateGround,
  { flags, demand }: ShopPlan,
): Promise<VendureProcess> {
  const { host, port, user, database } = ground.database;
  const settings: VendureSettings = {
    host,
    port,
    user,
    database,
    mail: join(ground.data, 'mail'),
    goods: goodsOf(demand),
  };
  mkdirSync(settings.mail, { recursive: true });
  const log = openSync(join(ground.logs, `${program}.log`), 'a');
  const child = fork(join(folderOf('vendure'), `${program}.ts`), [JSON.stringify(settings)], {
    cwd: ground.logs,
    execArgv: [...flags],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', log, log, 'ipc'],
  });
  const [listening] = (await Promise.race([once(child, 'message'), failure(child, program, ground)])) as [number];
  return { pid: child.pid!, port: listening, stop: () => stop(child) };
}

/** Resolves when the program has done its work. */
export async function perform(program: Program, ground: PrivateGround, plan: ShopPlan): Promise<void> {
  const working = await startVendure(program, ground, plan);
  await working.stop();
}

async function failure(child: ChildProcess, program: Program, { logs }: PrivateGround): Promise<never> {
  await once(child, 'exit');
  throw new Error(`Vendure's ${program} ended before it was ready; see ${logs}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

const goodsOf = ({ products, receipts }: ShopPlan['demand']): VendureSettings['goods'] =>
  products.map(({ productId, sku, name, price }) => ({
    sku,
    name,
    price: Number(price.amount).toFixed(2),
    pieces: receipts.find((receipt) => receipt.productId === productId)!.quantity,
  }));
