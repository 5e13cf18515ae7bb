import type { Fault } from '../files/table.ts';

/** UTF-8 that somebody once took for Latin-1 (`SÃ¡nchez`), or a sign that stands for what could not be read. */
const DAMAGED = /[\u00c3\u00c2][\u0080-\u00bf]|\ufffd/;

/** Texts that were damaged before they came here. They are kept: what was meant can only be guessed. */
export const damage = (fields: Readonly<Record<string, string | null>>): Fault[] =>
  Object.entries(fields).flatMap(([field, value]) =>
    value !== null && DAMAGED.test(value) ? [{ field, value, reason: 'looks damaged; it is kept as it is' }] : [],
  );
