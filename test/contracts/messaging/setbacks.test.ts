import { describe, expect, test } from 'vitest';
import { EXCUSES } from '#events/messaging/lanes/excuses';
import { HandlerFailed } from '#events/messaging/lanes/failure';
import { faultOf, LostTogether, NotOpened } from '#events/messaging/lanes/fault';
import { DEFAULT_LANE_SETTINGS } from '#events/messaging/lanes/lane-settings';
import type { RecordedEvent } from '#events/messaging/log/log';
import { type Remedy, type LaneSetback, Setbacks } from '#events/messaging/lanes/setbacks';
import { realTiming } from '#events/messaging/timing';

const [one, other] = ['one', 'other'].map((id) => ({ id }) as RecordedEvent) as [RecordedEvent, RecordedEvent];
const coded = (code: string) => Object.assign(new Error('failed'), { code });
const [RACE, LOST, FULL] = [coded('40P01'), coded('57P01'), coded('53100')];

const fresh = () => new Setbacks({ settings: DEFAULT_LANE_SETTINGS, timing: { ...realTiming, random: () => 1 } });
const noted = (setbacks: Setbacks, error: unknown, ...events: readonly RecordedEvent[]): Remedy =>
  setbacks.note({ error, fault: faultOf(error) as LaneSetback['fault'], events });
const repeated = (error: unknown, times: number, ...events: readonly RecordedEvent[]) => {
  const setbacks = fresh();
  return Array.from({ length: times }, () => noted(setbacks, error, ...events));
};

describe('a lane', () => {
  test('rests longer after every race that it loses in a row', () => {
    const rests = repeated(RACE, 10, one).map(({ rest }) => rest);
    expect(rests).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500, 500]);
  });

  test('rests longer after every outage in a row, and as after the first once it got on', () => {
    const setbacks = fresh();
    const outage = () => noted(setbacks, LOST, one).rest;
    expect([outage(), outage(), outage(), outage(), outage()]).toEqual([100, 200, 400, 800, 1_000]);
    setbacks.end();
    expect(outage()).toBe(100);
  });

  test('takes fewer events when it goes on losing races', () => {
    const fewer = repeated(RACE, 6, one, other).map(({ takeFewer }) => takeFewer);
    expect(fewer).toEqual([false, false, false, false, true, true]);
  });

  test('sets an event aside that fails alone, with what its handler threw', () => {
    const { setAside } = noted(fresh(), new HandlerFailed('one', new Error('undigestible')), one);
    expect(setAside).toMatchObject({ event: one, error: expect.stringMatching(/^Error: undigestible/) });
  });

  test.each([
    ['loses its race', RACE],
    ['loses its connection', LOST],
  ])('excuses an event that %s so often, and no more', (_what, error) => {
    const remedies = repeated(error, EXCUSES, one);
    expect(remedies.slice(0, -1).filter(({ setAside }) => setAside)).toEqual([]);
    expect(remedies.at(-1)!.setAside).toMatchObject({ event: one, error: expect.stringMatching(/^20 times in a row/) });
  });

  test.each([
    ['the disk is full', FULL],
    ['no transaction can be opened', new NotOpened(LOST)],
    ['several transactions are lost together', new LostTogether(LOST)],
  ])('never blames an event when %s', (_what, error) => {
    expect(repeated(error, 10 * EXCUSES, one).filter(({ setAside }) => setAside)).toEqual([]);
  });
});
