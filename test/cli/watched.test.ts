import { expect, test } from 'vitest';
import { UNCHANGED, watched } from '#app/cli/watched';

const untilStopped = async ({ signal }: { readonly signal?: AbortSignal }) => {
  process.emit('SIGINT');
  return signal?.aborted;
};

test('what is stopped by Ctrl-C says that what was done is kept, or that nothing was changed', async () => {
  expect(await watched('retry', untilStopped)).toMatchObject({
    result: true,
    stopped: { exitCode: 130, message: expect.stringContaining('what was done is kept') },
  });
  expect(await watched('counting', untilStopped, UNCHANGED)).toMatchObject({
    stopped: { exitCode: 130, message: expect.stringContaining('nothing was changed') },
  });
});
