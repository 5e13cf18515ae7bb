import type { InvoiceId } from '#shared-kernel/ids';

/** Crockford's base 32: no letter that looks like a digit, no U. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;
const RANDOM_HEX_DIGITS = 12;

/** What an invoice is called on paper: its day and ten signs of its id, `INV-20260101-0A1B2C3D4E`. Numbers may have gaps. */
export const numberOf = (id: InvoiceId, issuedAt: Date): string =>
  `INV-${issuedAt.toISOString().slice(0, 10).replaceAll('-', '')}-${signsOf(id)}`;

function signsOf(id: InvoiceId): string {
  let rest = BigInt(`0x${id.slice(-RANDOM_HEX_DIGITS)}`);
  let signs = '';
  for (; signs.length < LENGTH; rest /= 32n) signs = DIGITS[Number(rest % 32n)]! + signs;
  return signs;
}
