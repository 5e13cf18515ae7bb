type Cell = string | number;

/** Rows under headings, as wide as they must be; numbers to the right. */
export function renderTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(String));
  const widths = headings.map((heading, at) => Math.max(heading.length, ...texts.map((row) => row[at]!.length)));
  const isNumeric = headings.map((_, at) => rows.every((row) => typeof row[at] === 'number'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...texts.map(line)].join('\n');
}
