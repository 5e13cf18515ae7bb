import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { stopOnSignals } from '#app/cli/stop-on-signals';
import { captureLog, ERROR } from '../http/log.ts';

const PATIENCE = 50;

/** What hears of anything that happens to this process. */
const listenersNow = () =>
  process.eventNames().flatMap((name) => process.listeners(name as 'SIGTERM').map((listener) => ({ name, listener })));

describe('a server that is told to stop', () => {
  let exit: MockInstance;
  let before: ReadonlySet<unknown>;
  beforeEach(() => {
    before = new Set(listenersNow().map(({ listener }) => listener));
    exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as () => never);
  });
  /** Only the end of a process takes away what waits for its second signal. */
  afterEach(() => {
    exit.mockRestore();
    for (const { name, listener } of listenersNow()) if (!before.has(listener)) process.off(name, listener);
  });

  test.each<[string, () => Promise<void>, string]>([
    ['takes too long', () => new Promise(() => undefined), 'not everything was closed within 0.05 s'],
    ['fails', () => Promise.reject(new Error('no')), 'not everything could be closed'],
  ])('says so where that %s, and ends with 1', async (_how, close, said) => {
    const opened = new AsyncDisposableStack();
    opened.defer(close);
    const { logger, lines } = captureLog();
    stopOnSignals(opened, logger, PATIENCE);
    process.emit('SIGTERM');
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(1));
    expect(lines).toMatchObject([{ level: ERROR, msg: expect.stringContaining(said) }]);
  });
});
