import type { Job } from './child.ts';
import type { ContenderName } from './contenders/contenders.ts';
import { hire } from './hire.ts';
import type { Place } from './jobs.ts';
import type { Figures, Scenario, Subject, Work } from './scenario.ts';

/** A contender of a scenario about the post office alone, in some circumstances. */
export interface Competitor extends Pick<Subject, 'name' | 'peer'> {
  readonly contender: ContenderName;
  /** Facts of old that all have handled already. */
  readonly oldFacts?: number;
  /** What somebody else does meanwhile in the same database; resolves to how to end it. */
  readonly meanwhile?: (place: Place) => Promise<() => Promise<unknown>>;
  /** Megabytes of heap that the process which delivers may have; beyond that it dies. */
  readonly heap?: number;
  /** Share of the scenario's events: a slow one would hold up the others. */
  readonly share?: number;
}

/** One run of one competitor, in a database of its own. */
export interface Run {
  readonly place: Place;
  readonly events: number;
  /** A process of the contender's own does the job. */
  readonly perform: <Result>(job: Job) => Promise<Result>;
  /** The same, until the work is done. */
  readonly during: <Result>(job: Job, work: () => Promise<void>) => Promise<Result>;
}

interface PostOffice extends Omit<Scenario, 'subjects'> {
  readonly competitors: readonly Competitor[];
  /** @throws {Disqualified} */
  readonly measure: (run: Run) => Promise<Figures>;
}

/** A scenario in which each competitor works in processes and a database of its own. */
export const postOffice = ({ competitors, measure, ...scenario }: PostOffice): Scenario => ({
  ...scenario,
  subjects: competitors.map((competitor) => ({
    ...competitor,
    measure: (work) => runOnce(competitor, work, measure),
  })),
});

function runOnce(competitor: Competitor, work: Work, measure: PostOffice['measure']): Promise<Figures> {
  const { contender, heap, oldFacts = 0, share = 1, meanwhile } = competitor;
  const { ground, profiles } = work;
  return ground.inDatabase(async (place) => {
    const perform = <Output>(job: Job) => hire<Output>({ contender, place, job }, { profiles, heap }).result;
    await perform({ kind: 'prepare', oldFacts });
    const end = await meanwhile?.(place);
    try {
      const events = Math.ceil(work.events * share);
      return await measure({ place, events, perform, during: duringOf(competitor, place, profiles) });
    } finally {
      await end?.();
    }
  });
}

const duringOf =
  ({ contender, heap }: Competitor, place: Place, profiles: string | undefined): Run['during'] =>
  async (job, work) => {
    const hired = hire<never>({ contender, place, job }, { profiles, heap });
    const working = hired.serving.then(work);
    await Promise.race([working, hired.result.then(() => Promise.reject(new Error(`${contender} ended too early`)))]);
    hired.dismiss();
    return hired.result;
  };
