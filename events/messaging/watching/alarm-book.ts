import type { Alarm } from './alarms.ts';

/** What is new since the last look. */
export interface AlarmNews {
  readonly begun: readonly Alarm[];
  readonly over: readonly Alarm[];
}

interface Entry {
  readonly alarm: Alarm;
  readonly isAnnounced: boolean;
}

/** Remembers which alarms are on, so that each is told once when it begins, and once when it is over. */
export class AlarmBook {
  #entries: ReadonlyMap<string, Entry> = new Map();

  /** Those that were told of and are not over. */
  get raised(): readonly Alarm[] {
    return [...this.#entries.values()].filter(({ isAnnounced }) => isAnnounced).map(({ alarm }) => alarm);
  }

  /** Takes what one look found. An alarm begins when two looks running found it: what passes by itself needs nobody. */
  note(alarms: readonly Alarm[]): AlarmNews {
    const before = this.#entries;
    const found = new Map(alarms.map((alarm) => [keyOf(alarm), alarm]));
    this.#entries = new Map([...found].map(([key, alarm]) => [key, { alarm, isAnnounced: before.has(key) }]));
    return {
      begun: [...this.#entries]
        .filter(([key, { isAnnounced }]) => isAnnounced && !before.get(key)!.isAnnounced)
        .map(toAlarm),
      over: [...before].filter(([key, { isAnnounced }]) => isAnnounced && !found.has(key)).map(toAlarm),
    };
  }
}

const keyOf = ({ name, subject }: Alarm): string => `${name} ${subject}`;

const toAlarm = ([, { alarm }]: [string, Entry]): Alarm => alarm;
