import { expect, test } from 'vitest';
import { NotOpened } from '#events/messaging/lanes/fault';
import { reasonOf } from '#events/messaging/reason-of';

test('the reason of an error that has only a code, as where every address was tried in vain, is that code', () => {
  const inVain = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  expect(reasonOf(inVain)).toBe('ECONNREFUSED');
  expect(new NotOpened(inVain).message).toBe('no transaction could be opened: ECONNREFUSED');
  expect([reasonOf(new TypeError('no')), reasonOf(new TypeError()), reasonOf('no')]).toEqual(['no', 'TypeError', 'no']);
});
