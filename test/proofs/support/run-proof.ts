import { InvalidConfig, readConfig } from '#app/config';
import type { Balance } from './account.ts';
import { openGivenGround } from './given-ground.ts';
import { openPrivateGround, type ProofGround } from './ground.ts';
import {
  type Defaults,
  describeOptions,
  GROUND_HELP,
  InvalidOption,
  type ProofOptions,
  readOptions,
} from './options.ts';
import { exitCodeOf, type Figures, report } from './report.ts';

export interface Verdict {
  readonly figures: Figures;
  readonly balances: readonly Balance[];
  /** Reads the state once more, and judges it as it is now. */
  readonly judgeAgain: () => Promise<readonly Balance[]>;
}

export interface Proof extends Defaults {
  readonly name: string;
  /** What is proven, in a sentence. */
  readonly claim: string;
  readonly prove: (ground: ProofGround, options: ProofOptions) => Promise<Verdict>;
}

/** Runs a proof as the command line says. */
export async function runProof({ name, claim, prove, ...defaults }: Proof): Promise<void> {
  const usage = `npm run proof:${name} -- [options]\n\n${claim}\n\n${describeOptions(defaults)}`;
  await onCommandLine(name, usage, async (words) => {
    const options = readOptions(words, defaults);
    process.stdout.write(`proof:${name} --seed ${options.seed}${options.isMixed ? ' --mix' : ''}\n\n`);
    await proveOnOwnGround(options, (ground) => prove(ground, options));
  });
}

/** Does what the command line says: explains itself, or says what is wrong with it and ends with 2, or works. */
export async function onCommandLine(
  name: string,
  usage: string,
  work: (words: readonly string[]) => Promise<void>,
): Promise<void> {
  const words = process.argv.slice(2);
  if (words.includes('--help')) return void process.stdout.write(`${usage}\n${GROUND_HELP}`);
  try {
    await work(words);
  } catch (error) {
    if (!(error instanceof InvalidOption || error instanceof InvalidConfig)) throw error;
    process.stderr.write(`proof:${name}: ${error.message}\n`);
    process.exitCode = 2;
  }
}

/** Proves something, prints what was found, and sets the exit code: 1 where something does not balance, which is kept. */
export async function proveOnOwnGround(
  { isKept }: Pick<ProofOptions, 'isKept'>,
  prove: (ground: ProofGround) => Promise<Verdict>,
): Promise<void> {
  const ground = await openGround();
  let isToStay = true;
  try {
    const { figures, balances } = await prove(ground);
    process.stdout.write(`${report(figures, balances)}\n`);
    const exitCode = exitCodeOf(balances);
    process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCode);
    isToStay = isKept || exitCode !== 0;
  } finally {
    if (isToStay) process.stdout.write(`${ground.place} and the logs in ${ground.logs} are kept\n`);
    await ground.leave({ isKept: isToStay });
  }
}

function openGround(): Promise<ProofGround> {
  const { database } = readConfig();
  return database ? openGivenGround(database) : openPrivateGround();
}
