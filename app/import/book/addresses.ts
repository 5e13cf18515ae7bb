import type { PostalAddress } from '#shared-kernel/address';
import { addresses, states } from '../files/tables.ts';
import { UNKNOWN } from './customers.ts';
import { damage } from './damage.ts';
import { lookUpTable, missing, rowsByKey, type Source } from './reader.ts';

/** Where somebody lives, whoever that is. */
export type Place = Omit<PostalAddress, 'recipient'>;

export const UNKNOWN_PLACE: Place = { street: UNKNOWN, city: UNKNOWN, postalCode: UNKNOWN, country: 'ZZ' };

/** The addresses that orders name. */
export async function readAddresses(source: Source, wanted: ReadonlySet<string>): Promise<Map<string, Place>> {
  const { findings } = source;
  const rows = await rowsByKey(source, addresses, {
    by: 'addressid',
    isWanted: ({ addressid }) => wanted.has(addressid),
  });
  const regions = await lookUpTable(source, states, { by: 'stateprovinceid' });
  const places = new Map<string, Place>();
  for (const [key, row] of rows) {
    const { addressline1, addressline2, city, postalcode: postalCode, stateprovinceid } = row;
    const state = regions.get(stateprovinceid);
    if (!state) {
      findings.reject(addresses, row, missing('stateprovinceid', stateprovinceid, states));
      continue;
    }
    findings.of(addresses).lookedUp += 1;
    const faults = damage({ addressline1, addressline2, city });
    if (faults.length > 0) findings.warn(addresses, row, ...faults);
    const street = addressline2 === null ? addressline1 : `${addressline1}, ${addressline2}`;
    places.set(key, { street, city, region: state.name, postalCode, country: state.countryregioncode });
  }
  return places;
}
