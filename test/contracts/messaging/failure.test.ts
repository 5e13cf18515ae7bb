import { describe, expect, test } from 'vitest';
import { pauseAfter } from '#events/messaging/lanes/back-off';
import { causes, describeError, Fenced } from '#events/messaging/lanes/failure';
import { type Fault, faultOf, noteAnswered, NotOpened } from '#events/messaging/lanes/fault';

const coded = (code: string) => Object.assign(new Error('failed'), { code });

describe('a failure', () => {
  test.each<[what: string, fault: Fault, error: unknown]>([
    ['a handler that throws', 'event', new Error('undigestible')],
    ['a constraint that is violated', 'event', coded('23505')],
    ['text with a NUL byte, which PostgreSQL answers with a code of connections', 'event', coded('08P01')],
    ['a serialization failure', 'conflict', coded('40001')],
    ['a deadlock', 'conflict', coded('40P01')],
    ['a lock that was not to be had', 'conflict', coded('55P03')],
    ['a server that shuts down', 'outage', coded('57P01')],
    ['a lost connection', 'outage', coded('08006')],
    ['a full disk', 'outage', coded('53100')],
    ['a refused connection', 'outage', coded('ECONNREFUSED')],
    ['a host that has no address', 'outage', coded('ENOTFOUND')],
    ['a socket that is not there', 'outage', Object.assign(coded('ENOENT'), { syscall: 'connect' })],
    ['a connection that gives no answer', 'outage', new Error('Query read timeout')],
    ['a transaction that could not be opened', 'outage', new NotOpened(new Error('whatever it was'))],
    ['a file that is not there', 'event', Object.assign(coded('ENOENT'), { syscall: 'open' })],
    ['a statement that was cancelled', 'event', coded('57014')],
    ['a statement that wants more than it may have', 'event', coded('53400')],
    ['a service that gives up waiting', 'event', new Error('read timeout')],
    ['a connection that ended', 'outage', new Error('Connection terminated unexpectedly')],
    ['a lane that was moved on', 'fenced', new Fenced('desk.lane')],
    ['a cause far below', 'outage', new Error('top', { cause: new Error('middle', { cause: coded('57P03') }) })],
  ])('by %s is a matter of the %s', (_what, fault, error) => {
    expect(faultOf(error)).toBe(fault);
  });

  test('by a lost connection is a matter of the event when that of its transaction answers', () => {
    const errors = [coded('ECONNRESET'), new Error('Connection terminated'), coded('57P01')];
    for (const error of errors) noteAnswered(new Error('top', { cause: error }));
    expect(errors.map(faultOf)).toEqual(['event', 'event', 'event']);
  });

  test.each([
    ['a full disk', coded('53100')],
    ['an answer that came too late', new Error('Query read timeout')],
  ])('by %s is an outage, though the connection answers', (_what, error) => {
    noteAnswered(error);
    expect(faultOf(error)).toBe('outage');
  });

  test('whose causes go round in a circle is judged all the same', () => {
    const [outer, inner] = [new Error('outer'), new Error('inner')];
    outer.cause = inner;
    inner.cause = outer;
    expect(causes(outer).take(5).toArray()).toStrictEqual([outer, inner]);
  });

  test('is described so that any table can hold it', () => {
    const described = describeError(new Error(`a NUL \0, half a pair \ud800, and 5 MB ${'x'.repeat(5_000_000)}`));
    expect(described).toContain('Error: a NUL \u2400, half a pair \ufffd');
    expect(described).toHaveLength(2_000);
  });

  test('that quotes a row of the database is described without it', () => {
    const error = new Error('not null\n - detail: Failing row contains (ada@example.com).');
    expect(describeError(error)).not.toContain('ada@example.com');
  });
});

describe('the pause after a failure', () => {
  const backOff = { first: 100, longest: 10_000 };
  const pauses = (chance: number) =>
    [1, 2, 3, 4, 20].map((attempt) => pauseAfter(attempt, backOff, { random: () => chance }));

  test('doubles with every attempt, up to a longest one', () => {
    expect(pauses(1)).toEqual([100, 200, 400, 800, 10_000]);
  });

  test('is left to chance by half, so that what failed together does not return together', () => {
    expect(pauses(0)).toEqual([50, 100, 200, 400, 5_000]);
  });
});
