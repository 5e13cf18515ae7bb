import type { System } from './system.ts';
import type { Logger } from './logging.ts';

/** The system's relay and executors at work. */
export interface Delivery {
  /** Why it has stopped by itself: a defect. */
  readonly failure: Error | undefined;
  /** Finishes the batches in flight. */
  stop(): Promise<void>;
}

const WHAT_TO_DO =
  'restart this process: nothing is lost; until then /readyz answers 503 and /livez 200. It is a defect: report it';

/** Delivery that stops by itself leaves the server up: it can still be asked why. */
export function deliver({ run }: Pick<System, 'run'>, logger: Logger): Delivery {
  const abort = new AbortController();
  let failure: Error | undefined;
  const running = run(abort.signal).catch((error: Error) => {
    failure = error;
    logger.fatal({ err: error, todo: WHAT_TO_DO }, 'delivery has stopped: this process answers, and handles nothing');
  });
  return {
    get failure() {
      return failure;
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
}
