import { readFile, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { folderOf, isInstalled, type PeerPackage } from './peers/load.ts';
import { judge, type Verdict } from './floors.ts';
import { openGround } from './ground.ts';
import { HELP, InvalidOption, type Options, readOptions } from './options.ts';
import { renderScenario, renderVerdicts } from './report.ts';
import { type Result, runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { describeMachine } from './machine.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

async function bench(options: Options): Promise<number> {
  const scenarios = chosen(options);
  installPeers(scenarios);
  const ground = await openGround();
  const results: Result[] = [];
  try {
    const machine = describeMachine(ground.settings);
    print(`${describe(machine)}; ${options.rounds} rounds\n`);
    for (const scenario of scenarios) {
      const own = await runScenario(scenario, ground, {
        ...options,
        tell: (line) => process.stderr.write(`${line}\n`),
      });
      print(renderScenario(scenario, own));
      results.push(...own);
    }
    const verdicts = judge(results);
    const failures = tell(verdicts, results);
    if (options.json)
      await writeFile(options.json, `${JSON.stringify({ machine, results, verdicts }, undefined, 2)}\n`);
    return options.check && failures > 0 ? 1 : 0;
  } finally {
    await ground.leave();
  }
}

/** What an earlier run measured, by the floors as they are now. */
async function judgeAgain(file: string, check: boolean): Promise<number> {
  const { machine, results } = await readEarlier(file);
  print(`${describe(machine)}; judged again\n`);
  return tell(judge(results), results) > 0 && check ? 1 : 0;
}

/** @throws {InvalidOption} */
async function readEarlier(file: string): Promise<Earlier> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Earlier;
  } catch (error) {
    throw new InvalidOption(`--judge ${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Earlier {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly results: readonly Result[];
}

const describe = (machine: Earlier['machine']): string =>
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** Returns how many floors are missed, and contenders disqualified. */
function tell(verdicts: readonly Verdict[], results: readonly Result[]): number {
  print(renderVerdicts(verdicts));
  const failures = [
    ...results.filter(({ disqualified }) => disqualified).map(({ subject }) => `${subject} was disqualified`),
    ...verdicts.filter(({ isMissed }) => isMissed).map(({ name }) => `floor missed: ${name}`),
  ];
  for (const failure of failures) print(failure);
  return failures.length;
}

const chosen = ({ scenarios, peers, only = '' }: Options): readonly Scenario[] =>
  SCENARIOS.filter(({ name, isLong }) => (scenarios.length === 0 ? !isLong : scenarios.includes(name)))
    .map((scenario) => ({
      ...scenario,
      subjects: scenario.subjects.filter(({ name, peer }) => name.includes(only) && (peers || !peer)),
    }))
    .filter(({ subjects }) => subjects.length > 0);

function installPeers(scenarios: readonly Scenario[]): void {
  const peers = new Set(scenarios.flatMap(({ subjects }) => subjects.flatMap(({ peer }) => peer ?? [])));
  for (const peer of [...peers].filter((each) => !isInstalled(each))) install(peer);
}

function install(peer: PeerPackage): void {
  const { status } = spawnSync('npm', ['ci'], { cwd: folderOf(peer), stdio: 'inherit' });
  if (status !== 0) throw new Error(`${peer} could not be installed; leave out --peers, or see above`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) print(HELP);
  else if (options.judge) process.exitCode = await judgeAgain(options.judge, options.check);
  else process.exitCode = await bench(options);
} catch (error) {
  if (!(error instanceof InvalidOption)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
