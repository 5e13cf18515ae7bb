import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codec } from '#events/registry';
import { renderEventMap } from '#app/event-map';
import { expectNone } from '../support/expect-none.ts';
import { openMemorySystem } from '../support/system.ts';

const linesOf = (table: string) => table.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-').trim().split('\n');

const findOthers = (lines: readonly string[], known: readonly string[]) =>
  lines.filter((line) => !known.includes(line));

test('the README shows who publishes what, and who hears it, as it is in the code', async () => {
  await using system = await openMemorySystem();
  const expected = linesOf(renderEventMap(codec.types, system.hearers));
  const [, table = ''] =
    /<!-- event map -->\n([\s\S]*?)\n<!-- end of the event map -->/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const shown = linesOf(table);
  expectNone('put this into the event map of the README', findOthers(expected, shown));
  expectNone('take this out of the event map of the README', findOthers(shown, expected));
  expect(shown, 'the event map of the README is sorted by type, each line once').toEqual(expected);
});
