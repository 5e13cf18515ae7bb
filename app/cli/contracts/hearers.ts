import { readConfig } from '../../config.ts';
import { createLogger } from '../../logging.ts';
import type { Hearer } from '../../story.ts';

/** Every durable subscriber of the code, whatever is configured: nothing is opened for it. */
export async function readHearers(): Promise<readonly Hearer[]> {
  const config = { ...readConfig({}), topology: 'memory', logLevel: 'error' } as const;
  const { openHost } = await import('../../host.ts');
  const host = await openHost({ config, logger: createLogger(config) });
  try {
    return host.system.hearers;
  } finally {
    await host.close();
  }
}
