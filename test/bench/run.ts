import type { Job } from './child.ts';
import type { Ground } from './ground.ts';
import { hire } from './hire.ts';
import type { Place } from './jobs.ts';
import { Disqualified, type FigureName, type Figures, type Run, type Scenario, type Subject } from './scenario.ts';

export interface RunOptions {
  readonly rounds: number;
  /** Instead of what each scenario has. */
  readonly events?: number | undefined;
  /** A folder for CPU profiles of who delivers. */
  readonly profiles?: string | undefined;
  readonly tell: (line: string) => void;
}

/** A line of the table: the medians over all rounds, or why there are none. */
export interface Result {
  readonly scenario: string;
  readonly subject: string;
  readonly figures: Figures;
  readonly rounds: readonly Figures[];
  readonly disqualified?: string;
}

/** Runs all subjects of a scenario in turn, round after round. */
export async function runScenario(scenario: Scenario, ground: Ground, options: RunOptions): Promise<readonly Result[]> {
  const rounds = new Map<Subject, Figures[]>(scenario.subjects.map((subject) => [subject, []]));
  const out = new Map<Subject, string>();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const subject of scenario.subjects.filter((each) => !out.has(each))) {
      try {
        const figures = await runOnce(scenario, subject, ground, options);
        rounds.get(subject)!.push(figures);
        options.tell(`${scenario.name} ${round}/${options.rounds}  ${subject.name}: ${JSON.stringify(figures)}`);
      } catch (error) {
        if (!(error instanceof Disqualified)) throw error;
        out.set(subject, error.message);
        options.tell(`${scenario.name} ${round}/${options.rounds}  ${subject.name} is DISQUALIFIED: ${error.message}`);
      }
    }
  }
  return scenario.subjects.map((subject) => toResult(scenario, subject, rounds.get(subject)!, out.get(subject)));
}

function runOnce(scenario: Scenario, subject: Subject, ground: Ground, options: RunOptions): Promise<Figures> {
  const { contender, heap, oldFacts = 0, share = 1, meanwhile } = subject;
  const { profiles } = options;
  return ground.inDatabase(async (place) => {
    const perform = <Output>(job: Job) => hire<Output>({ contender, place, job }, { profiles, heap }).result;
    await perform({ kind: 'prepare', oldFacts });
    const end = await meanwhile?.(place);
    try {
      const events = Math.ceil((options.events ?? scenario.events) * share);
      return await scenario.measure({ place, events, perform, during: duringOf(subject, place, options) });
    } finally {
      await end?.();
    }
  });
}

const duringOf =
  ({ contender, heap }: Subject, place: Place, { profiles }: RunOptions): Run['during'] =>
  async (job, work) => {
    const serving = hire<never>({ contender, place, job }, { profiles, heap });
    await Promise.race([work(), serving.result.then(() => Promise.reject(new Error(`${contender} ended too early`)))]);
    serving.dismiss();
    return serving.result;
  };

const toResult = (
  { name }: Scenario,
  subject: Subject,
  rounds: readonly Figures[],
  disqualified: string | undefined,
): Result => ({
  scenario: name,
  subject: subject.name,
  figures: disqualified ? {} : mediansOf(rounds),
  rounds,
  ...(disqualified && { disqualified }),
});

function mediansOf(rounds: readonly Figures[]): Figures {
  const names = [...new Set(rounds.flatMap((figures) => Object.keys(figures) as FigureName[]))];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name]!))]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
