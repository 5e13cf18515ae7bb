import { describe, expect, test } from 'vitest';
import { type Evidence, isKept, judge, type LoggedFact } from './verdict.ts';

const fact = (position: number, account: string, number: number, more: Partial<LoggedFact> = {}): LoggedFact => ({
  position,
  id: `event-${position}`,
  type: 'chaos.EntryMade',
  tenant: 'north',
  account,
  key: account,
  number,
  command: `command-${position}`,
  poison: null,
  due: null,
  recordedAt: 1_000,
  ...more,
});

const log = [fact(1, 'a', 1), fact(2, 'b', 1), fact(4, 'a', 2), fact(5, 'a', 3)];
const effects = log.map(({ id }, at) => ({ sequence: at, subscriber: 'chaos.taste', eventId: id }));

const good: Evidence = {
  subscribers: [{ name: 'chaos.taste', types: ['chaos.EntryMade'] }],
  acknowledged: ['command-1', 'command-4'],
  log,
  effects,
  accounts: new Map([
    ['north/a', 3],
    ['north/b', 1],
  ]),
  parked: [],
  wasParked: [],
};

const complaints = (evidence: Partial<Evidence>) =>
  judge({ ...good, ...evidence })
    .filter((check) => !isKept(check))
    .flatMap(({ promise, broken }) => broken.map((what) => `${promise}: ${what}`));

const swapped = (one: number, other: number) =>
  effects.map((effect, at) => ({ ...effect, sequence: at === one ? other : at === other ? one : at }));

describe('the verdict of chaos', () => {
  test('has nothing to complain of where all went well, and says how much it looked at', () => {
    expect(complaints({})).toEqual([]);
    expect(judge(good).every(({ promise, examined }) => examined > 0 || promise.includes('parked'))).toBe(true);
  });

  test.each<[string, Partial<Evidence>, string[]]>([
    [
      'an acknowledged command that is gone',
      { acknowledged: ['command-1', 'command-9'] },
      ['what was acknowledged is in the log: command-9 is lost'],
    ],
    [
      'a command that happened twice',
      { log: [...log.slice(0, 3), fact(5, 'a', 3, { command: 'command-4' })] },
      ['a command happened once, however often it was sent: chaos.EntryMade of command-4: 2 times'],
    ],
    [
      'a change without its event',
      { accounts: new Map([...good.accounts, ['north/c', 1]]) },
      ['an account counted what the log tells, in its order: north/c: counted 1, the log tells 0'],
    ],
    [
      'events that are not in the order of their changes',
      { log: [log[0]!, log[1]!, fact(4, 'a', 3), fact(5, 'a', 2)] },
      ['an account counted what the log tells, in its order: north/a: entry 3 stands where 2 belongs'],
    ],
    [
      'a due fact that never came',
      { log: [fact(1, 'a', 1, { due: 5 }), ...log.slice(1)] },
      [
        'a due fact is published once, and not before its time: chaos.EntryMade 1 of north/a at 1: its due fact never came',
      ],
    ],
    [
      'a due fact that came too early',
      { log: [...log, fact(6, 'a', 3, { type: 'chaos.EntryDue', command: 'command-5', due: 1_250 })] },
      ['a due fact is published once, and not before its time: chaos.EntryDue 3 of north/a at 6 came 250 ms early'],
    ],
    [
      'a lost effect',
      { effects: effects.slice(1) },
      ['every event has an effect of every subscriber: chaos.taste has not handled chaos.EntryMade 1 of north/a at 1'],
    ],
    [
      'a doubled effect',
      { effects: [...effects, { ...effects[3]!, sequence: 9 }] },
      ['no effect happened twice: chaos.taste handled event-5 2 times'],
    ],
    [
      'an effect of an event that never was',
      { effects: [...effects, { sequence: 9, subscriber: 'chaos.taste', eventId: 'ghost' }] },
      ['no effect without its event: chaos.taste handled ghost, which is not in the log'],
    ],
    [
      'effects of one key in another order',
      { effects: swapped(2, 3) },
      [
        'order per key: chaos.taste: chaos.EntryMade 2 of north/a at 4 after chaos.EntryMade 3 of north/a at 5',
        'order per tenant and lane: chaos.taste: chaos.EntryMade 2 of north/a at 4 after chaos.EntryMade 3 of north/a at 5',
      ],
    ],
    [
      'effects of one tenant in another order',
      { effects: swapped(0, 1) },
      [
        'order per tenant and lane: chaos.taste: chaos.EntryMade 1 of north/a at 1 after chaos.EntryMade 1 of north/b at 2',
      ],
    ],
    [
      'a parked event that did nothing wrong',
      {
        effects: effects.slice(0, 3),
        parked: [{ subscriber: 'chaos.taste', eventId: 'event-5', error: 'Error: why me' }],
      },
      ['nothing is parked that is not poison: chaos.taste: chaos.EntryMade 3 of north/a at 5: Error: why me'],
    ],
  ])('names %s', (_, evidence, named) => {
    expect(complaints(evidence)).toEqual(named);
  });

  test('lets a poison hold back its key, and what was parked come later than its tenant', () => {
    const poisoned = [log[0]!, log[1]!, fact(4, 'a', 2, { poison: 'throws' }), fact(5, 'a', 3)];
    const behind = ['event-4', 'event-5'].map((eventId) => ({ subscriber: 'chaos.taste', eventId, error: null }));
    expect(complaints({ log: poisoned, effects: effects.slice(0, 2), parked: behind })).toEqual([]);
    const wasParked = [{ subscriber: 'chaos.taste', eventId: 'event-2', error: null }];
    const delayed = effects.map((effect) => (effect.eventId === 'event-2' ? { ...effect, sequence: 9 } : effect));
    expect(complaints({ effects: delayed, wasParked })).toEqual([]);
  });
});
