import type { Hearer } from './story.ts';

/** Who publishes what, and who hears it: a table in Markdown, made from the code. */
export function renderEventMap(types: readonly string[], hearers: readonly Hearer[]): string {
  const rows = types.toSorted().map((type) => {
    const [publisher, name] = type.split('.') as [string, string];
    const heardBy = hearers.filter((hearer) => hearer.types.includes(type)).map((hearer) => `\`${hearer.name}\``);
    return `| ${publisher} | \`${name}\` | ${heardBy.toSorted().join(', ') || '–'} |`;
  });
  return ['| publisher | event | subscribers |', '| --- | --- | --- |', ...rows].join('\n');
}
