import { writeFile } from 'node:fs/promises';
import { chanceOf } from '../proofs/support/chance.ts';
import { type ChaosOptions, HELP, InvalidOption, readOptions } from './options.ts';
import { hasHeld, type Played, reportOne, summarize } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

process.env['EMBEDDED_POSTGRES_LINGER_MS'] = '0';

const say = (text: string) => void process.stdout.write(text);

/** Plays one scenario after the other, the time being shared out among them. */
async function play(options: ChaosOptions, signal: AbortSignal): Promise<readonly Played[]> {
  const wanted = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const share = (options.minutes * 60) / wanted.length;
  const all: Played[] = [];
  for (const scenario of wanted) {
    if (signal.aborted) break;
    say(`${scenario.name}: ${scenario.about}\n`);
    const played = await playOne(scenario, options.seed, { share, signal });
    all.push(played);
    say(`${reportOne(played)}\n`);
  }
  return all;
}

async function playOne(
  scenario: Scenario,
  seed: number,
  { share, signal }: { readonly share: number; readonly signal: AbortSignal },
): Promise<Played> {
  const began = performance.now();
  const circumstances = { chance: chanceOf(seed), duration: Math.max(share, scenario.shortest) * 1000, signal };
  const verdict = await scenario.play(circumstances).catch((error: unknown) => ({
    figures: {},
    checks: [{ promise: 'the scenario came to its end', examined: 1, broken: [describe(error)] }],
  }));
  return { scenario, ...verdict, seconds: (performance.now() - began) / 1000 };
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Returns the exit code. */
async function run(options: ChaosOptions): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    say('\nending: what goes wrong is seen through, and everything is put away; Ctrl-C again ends at once\n');
    process.once('SIGINT', () => process.exit(130));
    interrupted.abort();
  });
  say(`chaos --minutes ${options.minutes} --seed ${options.seed}\n\n`);
  const all = await play(options, interrupted.signal);
  say(`${summarize(all)}\n`);
  const isClean = all.every(hasHeld);
  say(isClean ? 'every promise held\n' : `broken promises: npm run chaos -- --seed ${options.seed} plays it again\n`);
  if (options.json) await writeFile(options.json, `${JSON.stringify({ ...options, played: all }, undefined, 2)}\n`);
  return interrupted.signal.aborted ? 130 : isClean ? 0 : 1;
}

try {
  const options = readOptions(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  if (options.mustHelp) say(HELP);
  else if (options.mustList) for (const { name, about } of scenarios) say(`${name}: ${about}\n`);
  else process.exit(await run(options));
} catch (error) {
  if (!(error instanceof InvalidOption)) throw error;
  process.stderr.write(`chaos: ${error.message}\n`);
  process.exitCode = 2;
}
