import type { OpeningStock } from '#app/import/run';
import { accountOf, balance, type Balance, NOTHING } from '../account.ts';
import { type Ground, query } from '../ground.ts';
import type { Verdict } from '../run-proof.ts';
import { expect } from './expected.ts';
import { readFiledBook } from './filed.ts';
import { type Cut, cutImport, type ImportRun, runImport } from './import-process.ts';
import { judge, judgeRun } from './judge.ts';

export interface OrderBookOptions {
  readonly folder: string;
  readonly openingStock: OpeningStock;
  /** Nobody stops it on the way, and nobody imports it once more. */
  readonly isPlain?: boolean;
}

/** Imports an order book, stopping on the way, and once more, and holds everything that came of it against the files. */
export async function proveOrderBook(
  ground: Ground,
  { folder, openingStock, isPlain = false }: OrderBookOptions,
): Promise<Verdict> {
  const book = readFiledBook(folder);
  const expected = expect(book, openingStock);
  const cuts = isPlain ? [] : cutsOf(book.orders.length);
  const ends: string[] = [];
  for (const cut of cuts) ends.push(await cutImport(ground, folder, openingStock, cut));
  const first = await runImport(ground, folder, openingStock);
  const again = isPlain ? undefined : await importOnceMore(ground, folder, openingStock);
  const judgeAgain = () => judge(ground, book, expected);
  const balances: Balance[] = [
    judgeCuts(cuts, ends),
    ...judgeRun(first, book),
    ...(await judgeAgain()),
    ...(again ? [again.balance] : []),
  ];
  const figures = {
    'opening stock': openingStock,
    orders: book.orders.length.toLocaleString('en'),
    'of which are to complete': expected.completed.length.toLocaleString('en'),
    'imports cut short': cuts.length,
    'import that goes to the end, seconds': seconds(first),
    ...(again && { 'import once more, seconds': seconds(again.run) }),
  };
  return { figures, balances, judgeAgain };
}

/** A third of the way Ctrl-C, after another third a kill -9. */
const cutsOf = (orders: number): readonly Cut[] => [
  { signal: 'SIGINT', atOrders: Math.floor(orders / 3) },
  { signal: 'SIGKILL', atOrders: Math.floor((2 * orders) / 3) },
];

const END_OF = { SIGINT: '130', SIGKILL: 'SIGKILL' };

/** An import that is over before it could be cut short proves nothing. */
const judgeCuts = (cuts: readonly Cut[], ends: readonly string[]): Balance =>
  balance(
    'imports cut short, each as it should end',
    accountOf(cuts.map(({ signal }) => [END_OF[signal], 1])),
    accountOf(ends.map((end) => [end, 1])),
  );

const seconds = ({ milliseconds }: ImportRun): string => (milliseconds / 1000).toFixed(1);

async function importOnceMore(ground: Ground, folder: string, openingStock: OpeningStock) {
  const recorded = await countFacts(ground);
  const run = await runImport(ground, folder, openingStock);
  const more = (await countFacts(ground)) - recorded;
  return { run, balance: balance('facts recorded by importing once more', NOTHING, accountOf([['facts', more]])) };
}

async function countFacts({ database }: Ground): Promise<bigint> {
  const [row] = await query<{ facts: bigint }>(database, 'select count(*) as facts from messaging.log');
  return row!.facts;
}
