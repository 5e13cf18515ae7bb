import { join } from 'node:path';
import type { z } from 'zod';
import type { Format } from './formats.ts';
import { type FileRecord, readRecords } from './records.ts';

/** One of the files: what its rows are about, how it is written, and what its fields may hold. */
export interface Table<Schema extends z.ZodObject = z.ZodObject> {
  /** What a row is, in the plural: `products`. */
  readonly kind: string;
  readonly file: string;
  readonly format: Format;
  /** In their order; of a file that names them itself, nothing. */
  readonly columns?: readonly string[];
  readonly schema: Schema;
}

/** A row, and where it stands. */
export type Row<Schema extends z.ZodObject> = z.output<Schema> & { readonly line: number };

/** A rule that a field breaks; the field is empty where the whole line is meant. */
export interface Fault {
  readonly field: string;
  readonly value?: string;
  readonly reason: string;
}

export interface BadRow {
  readonly line: number;
  readonly faults: readonly Fault[];
  /** What could be read of it all the same. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The file is not what it should be: none of its rows can be trusted. */
export class UnusableFile extends Error {
  constructor(file: string, why: string) {
    super(`${file} ${why}`);
    this.name = 'UnusableFile';
  }
}

/** Every row of a file, good or bad, in its order. @throws {UnusableFile} where columns are missing */
export async function* readTable<Schema extends z.ZodObject>(
  folder: string,
  table: Table<Schema>,
): AsyncGenerator<{ readonly row: Row<Schema> } | { readonly bad: BadRow }> {
  let { columns } = table;
  for await (const record of readRecords(join(folder, table.file), table.format.end)) {
    if ('text' in record && record.text === '') continue;
    if (columns) yield toRow(table, columns, record);
    else columns = readHeader(table, record);
  }
  if (!columns) throw new UnusableFile(table.file, 'is empty: its first line should name the columns');
}

function readHeader({ file, format, schema }: Table, record: FileRecord): readonly string[] {
  if ('problem' in record) throw new UnusableFile(file, `begins with a line that ${record.problem}`);
  const columns = format.cut(record.text).map((column) => column.trim());
  const missing = Object.keys(schema.shape).filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new UnusableFile(file, `lacks the column ${missing.join(', ')}`);
  return columns;
}

function toRow<Schema extends z.ZodObject>(
  { format, schema }: Table<Schema>,
  columns: readonly string[],
  record: FileRecord,
): { readonly row: Row<Schema> } | { readonly bad: BadRow } {
  const { line } = record;
  const unreadable = (reason: string) => ({ bad: { line, faults: [{ field: '', reason }], fields: {} } });
  if ('problem' in record) return unreadable(`the line ${record.problem}`);
  const fields = cut(format, record.text);
  if (typeof fields === 'string') return unreadable(fields);
  if (fields.length !== columns.length)
    return unreadable(`the line has ${fields.length} fields, and ${columns.length} are expected`);
  const named = Object.fromEntries(columns.map((column, at) => [column, fields[at]!]));
  const parsed = schema.safeParse(named);
  if (parsed.success) return { row: { ...parsed.data, line } };
  return { bad: { line, faults: parsed.error.issues.map((issue) => toFault(issue, named)), fields: named } };
}

function cut(format: Format, record: string): readonly string[] | string {
  try {
    return format.cut(record);
  } catch (error) {
    return `the line cannot be cut into fields: ${(error as Error).message}`;
  }
}

function toFault({ path, message }: z.core.$ZodIssue, fields: Readonly<Record<string, string>>): Fault {
  const field = String(path[0] ?? '');
  return { field, value: (fields[field] ?? '').slice(0, 100), reason: message };
}
