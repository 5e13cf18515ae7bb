import { CommanderError } from 'commander';
import { simulate, type Verdict } from '../simulate.ts';
import { type Options, readOptions } from './options.ts';
import { createProgress, describeEnd, Tally } from './report.ts';
import { search } from './search.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

async function replay({ first, missing, circumstances }: Options): Promise<Verdict | undefined> {
  const verdict = await simulate(first, { missing, circumstances, trace: print });
  return verdict.problem === undefined ? undefined : verdict;
}

async function searchAndTell(options: Options): Promise<Verdict | undefined> {
  const tally = new Tally();
  const progress = createProgress(process.stderr);
  const broken = await search(options, (verdict) => {
    tally.add(verdict);
    progress.show(tally);
  });
  progress.end();
  print(String(tally));
  return broken;
}

try {
  const options = readOptions(process.argv.slice(2));
  const broken = await (options.isTraced ? replay(options) : searchAndTell(options));
  print(describeEnd(broken, options));
  process.exitCode = broken ? 1 : 0;
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
