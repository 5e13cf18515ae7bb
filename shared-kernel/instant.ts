import { z } from 'zod';

/** A moment: a `Date` in the code, an ISO 8601 string in UTC on the wire. */
export const Instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (wire) => new Date(wire),
  encode: (date) => date.toISOString(),
});
