import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codec } from '#events/registry';
import { renderEventMap } from '#app/event-map';
import { openMemorySystem } from '../support/system.ts';

const squeeze = (table: string) => table.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-').trim();

test('the README shows who publishes what, and who hears it, as it is in the code', async () => {
  await using system = await openMemorySystem();
  const expected = renderEventMap(codec.types, system.hearers);
  const [, shown = ''] =
    /<!-- event map -->\n([\s\S]*?)\n<!-- end of the event map -->/.exec(readFileSync('README.md', 'utf8')) ?? [];
  expect(squeeze(shown), `put this into the README:\n\n${expected}\n`).toBe(squeeze(expected));
});
