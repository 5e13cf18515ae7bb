import type { Ground } from './ground.ts';
import { Disqualified, type FigureName, type Figures, type Scenario, type Subject } from './scenario.ts';

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
  const work = { ground, profiles: options.profiles, events: options.events ?? scenario.events };
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const subject of scenario.subjects.filter((each) => !out.has(each))) {
      try {
        const figures = await subject.measure(work);
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
