import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LARGEST_PAGE, LogMoved } from '#events/messaging/log/log';
import { SettledReader } from '#events/messaging/log/settled-reader';
import type { Timing } from '#events/messaging/timing';
import { ScriptedLog } from './scripted-log.ts';

describe('the settled reader', () => {
  let log: ScriptedLog;
  let now: number;
  let reader: SettledReader;
  beforeEach(() => {
    log = new ScriptedLog();
    now = 0;
    const timing: Timing = { now: () => now, after: () => () => undefined, random: () => 0 };
    reader = new SettledReader(log, timing);
  });

  const read = async () => (await reader.next())?.events.map(({ position }) => position) ?? [];
  /** Long enough after the last read for a gap to be asked about. */
  const readLater = async () => {
    now += 10;
    return read();
  };

  test('does not pass a position that its appender may still fill', async () => {
    log.draw('slow');
    log.append();
    for (let look = 0; look < 5; look += 1) expect(await readLater()).toEqual([]);
    expect(reader.isHeldBack).toBe(true);
    log.commit('slow');
    expect(await readLater()).toEqual([1, 2]);
  });

  test('passes a position whose appender has ended without filling it', async () => {
    log.draw('failed');
    log.append();
    expect(await readLater()).toEqual([]);
    log.appenders.delete('failed');
    expect(await readLater()).toEqual([]);
    expect(await readLater()).toEqual([2]);
  });

  test('asks about a gap only once it has grown old', async () => {
    log.draw('slow');
    log.append();
    expect(await read()).toEqual([]);
    expect(await read()).toEqual([]);
    expect(log.sightings).toBe(0);
    await readLater();
    expect(log.sightings).toBe(1);
  });

  test('settles no more than was visible before it saw who was appending', async () => {
    log.draw('first');
    log.append();
    await read();
    expect(await readLater()).toEqual([]);
    log.draw('second');
    log.append();
    log.appenders.delete('first');
    expect(await readLater()).toEqual([]);
    expect(await readLater()).toEqual([2]);
    expect(await readLater()).toEqual([]);
    log.commit('second');
    expect(await readLater()).toEqual([3, 4]);
  });

  test('asks no more at a time, and remembers no more, the longer a gap lasts, and passes it all the same', async () => {
    log.draw('slow');
    for (let look = 0; look < 500; look += 1) {
      log.append();
      expect(await readLater()).toEqual([]);
    }
    const asked = vi.spyOn(Set.prototype, 'has');
    await readLater();
    const questions = asked.mock.calls.length;
    asked.mockRestore();
    expect(questions).toBeLessThan(100);
    log.appenders.delete('slow');
    await readLater();
    expect(await readLater()).toHaveLength(500);
  });

  test('gives everything once and in order, whatever appenders do beside a gap that lasts, and soon after that', async () => {
    const run = async (steps: readonly number[]) => {
      log = new ScriptedLog();
      reader = new SettledReader(log, { now: () => now, after: () => () => undefined, random: () => 0 });
      const given: number[] = [];
      log.draw('slow');
      for (const [at, step] of steps.entries()) {
        const appenders = [...log.appenders.keys()].slice(1);
        const some = appenders[(at * 7) % appenders.length];
        if (step < 2) log.draw(String(at));
        else if (step < 4 && some) log.commit(some);
        else if (step < 5 && some) log.appenders.delete(some);
        else if (step < 7) log.append();
        else given.push(...(await readLater()));
      }
      log.appenders.clear();
      for (let look = 0; look < 4; look += 1) given.push(...(await readLater()));
      expect(given).toEqual(log.positions);
    };
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 9 }), { minLength: 300, maxLength: 600 }), run));
  });

  test('reads again before it takes a gap for a rollback', async () => {
    log.draw('quick');
    log.append();
    await read();
    log.afterRead = () => log.commit('quick');
    expect(await readLater()).toEqual([]);
    expect(await read()).toEqual([1, 2]);
  });

  test('is not at the end where its page ends with rollbacks and more stands beyond', async () => {
    log.append();
    await read();
    for (let position = 2; position < 1 + LARGEST_PAGE; position += 1) log.append();
    log.draw('failed');
    log.appenders.delete('failed');
    log.append();
    expect(await read()).toHaveLength(LARGEST_PAGE - 1);
    expect(reader.isAtEnd).toBe(false);
    expect(await readLater()).toEqual([]);
    await readLater();
    expect(await read()).toEqual([2 + LARGEST_PAGE]);
    log.append();
    expect(await read()).toEqual([3 + LARGEST_PAGE]);
    expect(reader.isAtEnd).toBe(true);
  });

  test('stops when the row it read last has become another one', async () => {
    log.append();
    log.append();
    expect(await read()).toEqual([1, 2]);
    log.goBackTo(1);
    log.append();
    await expect(reader.next()).rejects.toThrow(LogMoved);
  });

  test('stops when the row it read last is gone', async () => {
    log.append();
    log.append();
    expect(await read()).toEqual([1, 2]);
    log.goBackTo(1);
    await expect(reader.next()).rejects.toThrow(LogMoved);
  });

  test.for([
    { by: 'a connection that is lost', lose: () => reader.forgetProofs() },
    { by: 'a server that is gone', lose: () => void (log.server = 'its successor') },
  ])('takes nothing for proven by $by', async ({ lose }) => {
    log.append();
    expect(await read()).toEqual([1]);
    log.draw('failed');
    log.append();
    await read();
    log.appenders.delete('failed');
    expect(await readLater()).toEqual([]);
    log.goBackTo(1);
    lose();
    log.draw('slow');
    log.append();
    for (let look = 0; look < 5; look += 1) expect(await readLater()).toEqual([]);
    log.commit('slow');
    expect(await readLater()).toEqual([2, 3]);
  });
});
