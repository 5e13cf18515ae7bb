import type { Letter } from './letter.ts';

/** A letter as plain text. */
export function asText({ paragraphs, items = [], figures = [] }: Letter, footer: readonly string[]): string {
  const blocks = [
    ...paragraphs,
    items.map(({ quantity, name }) => `  ${quantity} × ${name}`).join('\n'),
    figures.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    `-- \n${footer.join('\n')}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
