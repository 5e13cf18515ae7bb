import { benchShop } from './shop/bench-shop.ts';
import { HELP, InvalidOption, readOptions } from './shop/options.ts';
import { tableOf } from './shop/table.ts';

try {
  const { isJson, wantsHelp, ...plan } = readOptions(process.argv.slice(2));
  if (wantsHelp) process.stdout.write(HELP);
  else {
    const figures = await benchShop(plan);
    process.stdout.write(isJson ? `${JSON.stringify({ ...plan, ...figures }, null, 2)}\n` : tableOf(plan, figures));
  }
} catch (error) {
  if (!(error instanceof InvalidOption)) throw error;
  process.stderr.write(`bench:shop: ${error.message}\n`);
  process.exitCode = 2;
}
