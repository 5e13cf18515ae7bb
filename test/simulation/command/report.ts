import type { Verdict } from '../simulate.ts';
import type { Options } from './options.ts';

const PROGRESS_EVERY = 250;

/** What a search has come to so far. */
export class Tally {
  #seeds = 0;
  #facts = 0;
  #virtualMs = 0;
  readonly #began = performance.now();

  add({ facts, virtualMs }: Verdict): void {
    this.#seeds += 1;
    this.#facts += facts;
    this.#virtualMs += virtualMs;
  }

  toString(): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const [seeds, facts] = [this.#seeds.toLocaleString('en'), this.#facts.toLocaleString('en')];
    const minutes = (this.#virtualMs / 60_000).toFixed(0);
    const pace = (this.#seeds / seconds).toFixed(0);
    return `${seeds} seeds in ${seconds.toFixed(0)} s, ${pace} a second: ${facts} facts in ${minutes} virtual minutes`;
  }
}

/** Redraws one line of a terminal now and then; elsewhere shows nothing. */
export function createProgress(terminal: NodeJS.WriteStream): { show(what: Tally): void; end(): void } {
  let shownAt = 0;
  const draw = (text: string) => terminal.isTTY && terminal.write(`\r\x1b[K${text}`);
  return {
    show(what) {
      if (performance.now() - shownAt < PROGRESS_EVERY) return;
      shownAt = performance.now();
      draw(String(what));
    },
    end: () => void draw(''),
  };
}

/** The broken promise and how to see it break again; or that none broke. */
export function describeEnd(broken: Verdict | undefined, { missing, circumstances }: Options): string {
  const without = missing ? ` --without ${missing}` : '';
  const within = circumstances ? ` --in ${circumstances}` : '';
  if (!broken) return `every promise was kept${missing ? ` without ${missing}` : ''}`;
  return [
    `seed ${broken.seed} broke a promise${missing ? `, without ${missing}` : ''}:`,
    `  ${broken.problem}`,
    `see it again: npm run simulate -- --seed ${broken.seed}${without}${within} --trace`,
  ].join('\n');
}
