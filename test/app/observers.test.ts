import { expect, test } from 'vitest';
import { loggingObserver } from '#app/observers';
import type { RecordedEvent } from '#events/messaging/log/log';
import { captureLog, DEBUG, ERROR, WARN } from '../http/log.ts';

const lane = { id: '1', subscriber: 'billing.billOrders' };
const event = { id: 'e1', type: 'checkout.OrderPlaced', key: 'k' } as RecordedEvent;

test('what is tried again by itself is a warning, what is dead is an error and says which command shows it', () => {
  const { logger, lines } = captureLog();
  const observer = loggingObserver(logger);
  observer.parked!({ lane, event, error: 'no paper' });
  for (const outcome of ['done', 'failed', 'dead'] as const) observer.retried!({ lane, event, outcome });
  expect(lines).toMatchObject([
    { level: WARN, event: 'e1', error: 'no paper', msg: 'an event was parked, and is tried again by itself' },
    { level: DEBUG, outcome: 'done', msg: 'a parked event was tried again' },
    { level: DEBUG, outcome: 'failed', msg: 'a parked event was tried again' },
    {
      level: ERROR,
      event: 'e1',
      msg: 'a parked event is dead: nobody tries it',
      todo: expect.stringContaining('npx microlith events parked show e1;'),
    },
  ]);
});
