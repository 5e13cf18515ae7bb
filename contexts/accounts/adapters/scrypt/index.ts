import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHasher } from '../../ports.ts';
import { formatHash, parseHash, type ScryptCost } from './format.ts';

/** 32 MiB a hash. OWASP's Password Storage Cheat Sheet asks for p = 2 or 3 beside 2^15 and 8, depending on its edition. */
const USUAL_COST: ScryptCost = { ln: 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Passwords by scrypt (RFC 7914), off the main thread. A hash says what it cost, so the cost may be raised at any time. */
export function createScryptHasher(cost: ScryptCost = USUAL_COST): PasswordHasher {
  const nobodys = { cost, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return formatHash({ cost, salt, key: await deriveKey(password, salt, cost, KEY_BYTES) });
    },
    async verify(password, hash) {
      const { cost: paid, salt, key } = hash === undefined ? nobodys : parseHash(hash);
      const isSame = timingSafeEqual(key, await deriveKey(password, salt, paid, key.length));
      return isSame && hash !== undefined;
    },
  };
}

const run = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Characters that look alike but are typed in several ways are one (NFKC), as NIST SP 800-63B asks. */
const deriveKey = (password: string, salt: Buffer, { ln, r, p }: ScryptCost, bytes: number): Promise<Buffer> => {
  const N = 2 ** ln;
  return run(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem: 128 * r * (N + p) + 2 ** 20 });
};
