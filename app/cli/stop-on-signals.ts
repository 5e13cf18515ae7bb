import closeWithGrace, { type Options } from 'close-with-grace';
import type { Logger } from '../logging.ts';

/** Milliseconds from the first signal to the end, whatever is still under way. */
const PATIENCE = 30_000;

/** The first signal stops everything in order, the second one at once. */
export function stopOnSignals(
  opened: AsyncDisposableStack,
  logger: Logger,
  patience = PATIENCE,
): { uninstall(): void } {
  const onTimeout = () =>
    logger.error(
      `not everything was closed within ${patience / 1_000} s: the process ends with exit code 1; nothing is lost`,
    );
  const onSecondSignal = (signal: string) =>
    logger.warn(`a second ${signal}: the process ends at once, with exit code 1`);
  const options: Options = { delay: patience, logger: false, skip: ['beforeExit'], onTimeout, onSecondSignal };
  return closeWithGrace(options, async ({ err }) => {
    if (err) logger.fatal({ err }, 'the process has to end');
    await close(opened, logger);
    logger.info('stopped');
  });
}

/** @throws what closing failed with, for the exit code */
async function close(opened: AsyncDisposableStack, logger: Logger): Promise<void> {
  try {
    await opened.disposeAsync();
  } catch (error) {
    logger.error({ err: error }, 'not everything could be closed');
    throw error;
  }
}
