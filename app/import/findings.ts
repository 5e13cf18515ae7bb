import type { Fault, Table } from './files/table.ts';

/** What became of the rows of one file. Every row that was read is counted in one of the others, and perhaps as warned of. */
export interface Tally {
  readonly file: string;
  read: number;
  imported: number;
  alreadyThere: number;
  /** Good, and there only to be looked up by others: a person's name, a shop's address. */
  lookedUp: number;
  /** Good, but not wanted: an ended parts list, somebody who bought nothing. */
  leftOut: number;
  rejected: number;
  /** Rows that were taken all the same. */
  warned: number;
}

/** Something about a row that somebody should know, by file, line, field and reason. */
export interface Finding extends Fault {
  readonly file: string;
  readonly line: number;
}

/** A row as a finding names it. */
export type Placed = { readonly line: number };

type Kinded = Pick<Table, 'kind' | 'file'>;

/** Keeps count of every row, and tells whoever listens of each that is rejected or doubtful. */
export class Findings {
  readonly tallies = new Map<string, Tally>();
  readonly rejections: Finding[] = [];
  readonly warnings: Finding[] = [];

  of({ kind, file }: Kinded): Tally {
    const known = this.tallies.get(kind);
    if (known) return known;
    const tally = { file, read: 0, imported: 0, alreadyThere: 0, lookedUp: 0, leftOut: 0, rejected: 0, warned: 0 };
    this.tallies.set(kind, tally);
    return tally;
  }

  /** The row is not imported. */
  reject(table: Kinded, { line }: Placed, ...faults: readonly Fault[]): void {
    this.of(table).rejected += 1;
    this.rejections.push(...faults.map((fault) => ({ file: table.file, line, ...fault })));
  }

  /** The row is imported, but not as somebody might expect. */
  warn(table: Kinded, { line }: Placed, ...faults: readonly Fault[]): void {
    this.of(table).warned += 1;
    this.warnings.push(...faults.map((fault) => ({ file: table.file, line, ...fault })));
  }
}
