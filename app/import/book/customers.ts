import { customers, people, shops } from '../files/tables.ts';
import type { Row } from '../files/table.ts';
import { damage } from './damage.ts';
import { lookUpTable, missing, rowsByKey, type Source } from './reader.ts';

/** Somebody who bought something. */
export interface BookedCustomer {
  readonly line: number;
  readonly key: string;
  /** Of who is not in the files, `unknown`. */
  readonly name: string;
  /** Whom their parcels are addressed to: a shop, or themselves. */
  readonly recipient: string;
  readonly isUnknown: boolean;
}

export const UNKNOWN = 'unknown';

/** The buyers, by the number the files know them by. */
export async function readCustomers(source: Source, buyers: ReadonlySet<string>): Promise<Map<string, BookedCustomer>> {
  const rows = await rowsByKey(source, customers, {
    by: 'customerid',
    isWanted: ({ customerid }) => buyers.has(customerid),
  });
  const personIds = new Set([...rows.values()].map(({ personid }) => personid));
  const shopIds = new Set([...rows.values()].map(({ storeid }) => storeid));
  const persons = await lookUpTable(source, people, {
    by: 'businessentityid',
    isWanted: (row) => personIds.has(row.businessentityid),
  });
  const stores = await lookUpTable(source, shops, {
    by: 'businessentityid',
    isWanted: (row) => shopIds.has(row.businessentityid),
  });
  for (const person of persons.values()) {
    const faults = damage({ firstname: person.firstname, middlename: person.middlename, lastname: person.lastname });
    if (faults.length > 0) source.findings.warn(people, person, ...faults);
  }
  return new Map([...rows].map(([key, row]) => [key, toCustomer(source, row, persons, stores)]));
}

function toCustomer(
  { findings }: Source,
  row: Row<typeof customers.schema>,
  persons: ReadonlyMap<string, Row<typeof people.schema>>,
  stores: ReadonlyMap<string, Row<typeof shops.schema>>,
): BookedCustomer {
  const { line, customerid: key, personid, storeid } = row;
  const person = persons.get(personid ?? '');
  const shop = stores.get(storeid ?? '')?.storename;
  const name = person ? nameOf(person) : personid === null ? shop : undefined;
  if (name === undefined) {
    const reason = `${missing('personid', personid ?? '', people).reason}: their name is ${UNKNOWN}`;
    findings.warn(customers, row, { field: 'personid', value: personid ?? '', reason });
  }
  return { line, key, name: name ?? UNKNOWN, recipient: shop ?? name ?? UNKNOWN, isUnknown: name === undefined };
}

const nameOf = ({ firstname, middlename, lastname, suffix }: Row<typeof people.schema>): string =>
  [firstname, middlename, lastname, suffix].filter((part) => part !== null).join(' ');
