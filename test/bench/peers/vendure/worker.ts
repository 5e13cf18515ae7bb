import { config, load } from './config.ts';

interface Core {
  readonly bootstrapWorker: (config: object) => Promise<{ startJobQueue(): Promise<unknown> }>;
}

const { bootstrapWorker } = await load<Core>('@vendure/core');
const worker = await bootstrapWorker(config);
await worker.startJobQueue();
process.send!(0);
