import { beforeEach, describe, expect, test } from 'vitest';
import { Attendance } from '#events/messaging/relay/attendance';

describe('who counts as there', () => {
  let now: number;
  let upFor: number;
  let attendance: Attendance;
  beforeEach(() => {
    now = 60_000;
    upFor = 0;
    attendance = new Attendance('self', { now: () => now });
  });
  /** Looks once a second; what came of the last look. */
  const see = (seconds: number, ...seen: string[]) => {
    let there: readonly string[] | undefined;
    for (let second = 0; second < seconds; second += 1, now += 1_000) there = attendance.look(seen, upFor);
    return there;
  };

  test('is not known before all have had four seconds to be seen', () => {
    expect(see(4, 'self')).toBeUndefined();
    expect(see(1, 'self')).toEqual(['self']);
  });

  test('is known at once to a process that is new, where the server has run for long', () => {
    upFor = 4_000;
    expect(see(1, 'self')).toEqual(['self']);
    see(1);
    expect(see(4, 'self')).toBeUndefined();
  });

  test('is whoever was seen, for as long as it was not missing for four seconds', () => {
    see(5, 'self', 'other');
    expect(see(4, 'self')).toEqual(['other', 'self']);
    expect(see(1, 'self', 'other')).toEqual(['other', 'self']);
    expect(see(4, 'self')).toEqual(['other', 'self']);
    expect(see(1, 'self')).toEqual(['self']);
  });

  test('is whoever comes, at once', () => {
    see(5, 'self');
    expect(see(1, 'self', 'new')).toEqual(['new', 'self']);
  });

  test('is not known to whoever is not seen itself, nor for four seconds after that', () => {
    see(5, 'self', 'other');
    expect(see(10, 'other')).toBeUndefined();
    expect(see(10)).toBeUndefined();
    expect(see(4, 'self')).toBeUndefined();
    expect(see(1, 'self', 'other')).toEqual(['other', 'self']);
  });

  test('is not known to whoever has not looked for long', () => {
    see(5, 'self', 'other');
    now += 4_000;
    expect(see(4, 'self')).toBeUndefined();
    expect(see(1, 'self')).toEqual(['self']);
  });
});
