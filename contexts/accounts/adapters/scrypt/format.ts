/** What one hash costs: 128 × 2^`ln` × `r` bytes, `p` times over. */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** A hash with all that is needed to make it again. */
export interface StoredHash {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** What is stored is not a hash of ours. */
export class UnreadableHash extends Error {
  constructor() {
    super('a stored password hash does not read as $scrypt$ln=…,r=…,p=…$salt$key');
    this.name = 'UnreadableHash';
  }
}

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,})\$([A-Za-z0-9+/]{43,})$/;

/** `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, the PHC string format: base64 without padding. */
export const formatHash = ({ cost: { ln, r, p }, salt, key }: StoredHash): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(key)}`;

/** @throws {UnreadableHash} */
export function parseHash(text: string): StoredHash {
  const [, ln, r, p, salt = '', key = ''] = FORM.exec(text) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (!salt || cost.ln > 20) throw new UnreadableHash();
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
