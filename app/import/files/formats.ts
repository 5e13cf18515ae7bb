import { parse } from 'csv-parse/sync';

/** How a file is cut into records, and a record into fields. */
export interface Format {
  /** What a record ends with. */
  readonly end: string;
  /** Throws, saying why, where a record cannot be cut. */
  readonly cut: (record: string) => readonly string[];
}

/** Comma-separated, quoted where need be; a record is a line. */
export const CSV: Format = {
  end: '\n',
  cut: (record) => (record.includes('"') ? cutQuoted(record) : record.split(',')),
};

/** Tab-separated, never quoted. */
export const TSV: Format = { end: '\n', cut: (record) => record.split('\t') };

/** As SQL Server's bulk copy writes texts that hold tabs and line breaks. */
export const BULK: Format = { end: '&|', cut: (record) => record.split('+|') };

function cutQuoted(record: string): readonly string[] {
  const [fields] = parse(record, { relax_column_count: true });
  return fields!;
}
