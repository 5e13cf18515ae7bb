import { CONTENDERS, type ContenderName } from './contenders/contenders.ts';
import { type Backlog, drain, fill, type Place, sell, type Selling, serve, trickle } from './jobs.ts';

/** What a process of a contender's own is told to do. */
export type Job =
  | { readonly kind: 'prepare'; readonly oldFacts: number }
  | { readonly kind: 'fill' | 'trickle'; readonly orders: number }
  | ({ readonly kind: 'drain' } & Backlog)
  | { readonly kind: 'serve' }
  | ({ readonly kind: 'sell' } & Selling);

export interface Commission {
  readonly contender: ContenderName;
  readonly place: Place;
  readonly job: Job;
}

/** What such a process tells: that it serves now, where that is its job, and in the end its result. */
export type Message = 'serving' | { readonly result: unknown };

if (process.send) await perform(JSON.parse(process.argv[2]!) as Commission);

async function perform({ contender: name, place, job }: Commission): Promise<void> {
  const contender = await CONTENDERS[name]();
  const result = await run();
  tell({ result }, () => process.disconnect());

  function run(): Promise<unknown> {
    switch (job.kind) {
      case 'prepare':
        return contender.prepare(place.address, job.oldFacts);
      case 'trickle':
        return trickle(contender, place, job.orders);
      case 'fill':
        return fill(contender, place, job.orders);
      case 'drain':
        return drain(contender, place, job);
      case 'serve':
        return serve(contender, place, {
          until: new Promise((told) => process.once('message', told)),
          onServing: () => tell('serving'),
        });
      case 'sell':
        return sell(contender, place, job);
    }
  }
}

function tell(message: Message, told = () => {}): void {
  process.send!(message, told);
}
