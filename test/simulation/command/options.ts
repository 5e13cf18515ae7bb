import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CIRCUMSTANCES, type Circumstances } from '../circumstances.ts';
import { type Guard, GUARDS } from '../guards.ts';

/** What a search is told. */
export interface Options {
  /** The first seed; the others follow it. */
  readonly first: number;
  readonly seeds: number;
  readonly minutes: number;
  readonly threads: number;
  readonly missing: Guard | undefined;
  readonly circumstances: Circumstances | undefined;
  readonly isTraced: boolean;
}

interface Choices {
  readonly seed?: number;
  readonly seeds?: number;
  readonly minutes?: number;
  readonly threads: number;
  readonly without?: Guard;
  readonly in?: Circumstances;
  readonly trace?: true;
}

const SEEDS = 500;

/** @throws {CommanderError} when the words make no sense, or ask for help */
export function readOptions(words: readonly string[]): Options {
  const program = createProgram().parse([...words], { from: 'user' });
  const { seed, seeds, minutes, threads, without, in: circumstances, trace } = program.opts<Choices>();
  if (trace && (seed === undefined || seeds !== undefined || minutes !== undefined))
    program.error('error: --trace is for one seed: --seed S --trace', { exitCode: 2 });
  return {
    first: seed ?? Date.now() % 1_000_000_000,
    seeds: seeds ?? (minutes === undefined ? (seed === undefined ? SEEDS : 1) : Number.POSITIVE_INFINITY),
    minutes: minutes ?? Number.POSITIVE_INFINITY,
    threads,
    missing: without,
    circumstances,
    isTraced: trace === true,
  };
}

const createProgram = () =>
  new Command('npm run simulate --')
    .description('Runs the real post office, seed by seed, in a world where everything goes wrong for a while.')
    .option('--seed <seed>', 'this one; with --seeds or --minutes the first one (default: by the clock)', whole)
    .option('--seeds <count>', `so many (default: ${SEEDS})`, positive)
    .option('--minutes <count>', 'as many as there is time for', positive)
    .option('--threads <count>', 'so many at a time', positive, availableParallelism())
    .option('--without <guard>', 'take a guard away: a promise must break', guard)
    .addOption(new Option('--in <circumstances>', 'what every run is full of').choices(Object.keys(CIRCUMSTANCES)))
    .option('--trace', 'print what happens, step by step')
    .addHelpText('after', `\nGuards:\n${guards}\n\nExits with 1 when a promise was broken, with 2 when used wrongly.`)
    .exitOverride();

const guards = Object.entries(GUARDS)
  .map(([guard, says]) => `  ${guard.padEnd(27)}${says}`)
  .join('\n');

function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, from 0.');
}

function guard(text: string): Guard {
  if (Object.hasOwn(GUARDS, text)) return text as Guard;
  throw new InvalidArgumentError('No guard is called so; --help names them.');
}

function positive(text: string): number {
  if (whole(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, from 1.');
}
