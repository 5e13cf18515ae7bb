import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { InvalidOption } from './support/options.ts';
import { proveOrderBook } from './support/order-book/prove.ts';
import { onCommandLine, proveOnOwnGround } from './support/run-proof.ts';

const USAGE = `npm run proof:order-book -- <dir> [--keep]

The order book in <dir>, the files of AdventureWorks, is taken over twice, with ample stock and then with the stock that is
listed; each time it is stopped with Ctrl-C, killed, and goes on. Everything balances with the files to the last digit, and
importing it once more changes nothing.

  --keep          keep the database and the logs, also when all balances hold
`;

await onCommandLine('order-book', USAGE, async (words) => {
  const { folder, isKept } = readWords(words);
  for (const openingStock of ['ample', 'as-listed'] as const)
    await proveOnOwnGround({ isKept }, (ground) => proveOrderBook(ground, { folder, openingStock }));
});

/** @throws {InvalidOption} */
function readWords(words: readonly string[]): { folder: string; isKept: boolean } {
  const { positionals, values } = parse(words);
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0)
    throw new InvalidOption('say which folder: npm run proof:order-book -- <dir> [--keep]');
  if (!existsSync(folder)) throw new InvalidOption(`there is no folder ${folder}`);
  return { folder, isKept: values.keep ?? false };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: { keep: { type: 'boolean' } } });
  } catch (error) {
    throw new InvalidOption((error as Error).message);
  }
}
