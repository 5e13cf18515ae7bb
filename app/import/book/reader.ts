import type { z } from 'zod';
import type { Findings } from '../findings.ts';
import { type BadRow, readTable, type Row, type Table } from '../files/table.ts';

export interface Source {
  readonly folder: string;
  readonly findings: Findings;
  /** Told of each file that has been read. */
  readonly onRead: () => void;
}

/** The good rows of a file, in their order; the bad ones are rejected, and handed to whoever wants to know of them. */
export async function* goodRows<Schema extends z.ZodObject>(
  { folder, findings, onRead }: Source,
  table: Table<Schema>,
  onBad: (bad: BadRow) => void = () => undefined,
): AsyncGenerator<Row<Schema>> {
  const tally = findings.of(table);
  for await (const outcome of readTable(folder, table)) {
    tally.read += 1;
    if ('row' in outcome) yield outcome.row;
    else {
      findings.reject(table, outcome.bad, ...outcome.bad.faults);
      onBad(outcome.bad);
    }
  }
  onRead();
}

interface Keyed<Schema extends z.ZodObject> {
  readonly by: keyof z.output<Schema> & string;
  /** Left out: all are. */
  readonly isWanted?: (row: Row<Schema>) => boolean;
}

/** The good rows by their key; of two with the same key, the second is rejected. */
export async function rowsByKey<Schema extends z.ZodObject>(
  source: Source,
  table: Table<Schema>,
  keyed: Keyed<Schema>,
): Promise<Map<string, Row<Schema>>> {
  const rows = new Map<string, Row<Schema>>();
  const seen = new Map<string, number>();
  for await (const row of goodRows(source, table)) {
    const key = row[keyed.by] as string;
    const before = seen.get(key);
    if (before !== undefined) source.findings.reject(table, row, repeated(keyed.by, key, before));
    else if (keyed.isWanted?.(row) ?? true) rows.set(key, row);
    else source.findings.of(table).leftOut += 1;
    if (before === undefined) seen.set(key, row.line);
  }
  return rows;
}

/** The same, of rows that only others look up. */
export async function lookUpTable<Schema extends z.ZodObject>(
  source: Source,
  table: Table<Schema>,
  keyed: Keyed<Schema>,
): Promise<Map<string, Row<Schema>>> {
  const rows = await rowsByKey(source, table, keyed);
  source.findings.of(table).lookedUp += rows.size;
  return rows;
}

export const repeated = (field: string, value: string, before: number) => ({
  field,
  value,
  reason: `line ${before} has the same`,
});

/** A reference to a row of another file that is not there, or was rejected. */
export const missing = (field: string, value: string, table: Pick<Table, 'file'>) => ({
  field,
  value,
  reason: `there is no good row ${value} in ${table.file}`,
});
