import { z } from 'zod';
import { text } from './text.ts';

/** ISO 3166-1 alpha-2; `ZZ` where it is unknown. */
export const CountryCode = z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166-1 code such as DE' });

/** Where mail and parcels go. */
export const PostalAddress = z
  .strictObject({
    recipient: text(200),
    street: text(200),
    city: text(100),
    region: text(100).optional(),
    postalCode: text(20),
    country: CountryCode,
  })
  .readonly();
export type PostalAddress = z.output<typeof PostalAddress>;

/** What is left of the address of somebody who is to be forgotten. */
export const FORGOTTEN_ADDRESS: PostalAddress = {
  recipient: 'erased',
  street: 'erased',
  city: 'erased',
  postalCode: 'erased',
  country: 'ZZ',
};
