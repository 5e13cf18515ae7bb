import { expect, test } from 'vitest';
import { deliver } from '#app/delivery';
import { captureLog } from '../http/log.ts';

test('delivery that stops by itself says what to do', async () => {
  const { logger, lines } = captureLog();
  const failure = new Error('a defect');
  const delivery = deliver({ run: () => Promise.reject(failure) }, logger);
  await delivery.stop();
  expect(delivery.failure).toBe(failure);
  expect(lines).toMatchObject([
    {
      level: 60,
      err: { message: 'a defect' },
      msg: expect.stringMatching(/^delivery has stopped/),
      todo: expect.stringMatching(/^restart this process/),
    },
  ]);
});
