/** What may be left out stays as it is. */
export type RevisionOf<Record> = { readonly [Field in keyof Record]?: Record[Field] | undefined };

/** The record with what is given in place of what was. */
export function revised<Record extends object>(record: Record, revision: RevisionOf<Record>): Record {
  const given = Object.entries(revision).filter(([, value]) => value !== undefined);
  return { ...record, ...Object.fromEntries(given) };
}
