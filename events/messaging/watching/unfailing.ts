import type { Observer } from './observer.ts';

const REPORTS: Readonly<Record<keyof Observer, true>> = {
  published: true,
  handled: true,
  handling: true,
  failed: true,
  parked: true,
  retried: true,
  called: true,
  recorded: true,
  paused: true,
  logMoved: true,
  disturbed: true,
};

/** The same observer, which decides nothing by throwing either: where it does, it is told so as of a disturbance. */
export function unfailing(observer: Observer): Observer {
  const heard = (Object.keys(REPORTS) as (keyof Observer)[]).filter((name) => observer[name]);
  const tell = (name: keyof Observer, report: never) => {
    try {
      observer[name]?.(report);
    } catch (error) {
      if (name !== 'disturbed') tell('disturbed', { error } as never);
    }
  };
  return Object.fromEntries(heard.map((name) => [name, (report: never) => tell(name, report)]));
}
