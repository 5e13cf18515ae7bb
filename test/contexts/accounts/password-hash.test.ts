import { describe, expect, test } from 'vitest';
import { createScryptHasher } from '#contexts/accounts/adapters/scrypt';
import { ANOTHER, PASSWORD, passwords } from './office.ts';

describe('a password hash', () => {
  test('is another one each time, and says how it was made', async () => {
    const [one, other] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
    expect(one).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    for (const hash of [one, other]) expect(await passwords.verify(PASSWORD, hash)).toBe(true);
    expect(await passwords.verify(ANOTHER, one)).toBe(false);
  });

  test('made at another cost still verifies', async () => {
    const costly = createScryptHasher({ ln: 6, r: 8, p: 2 });
    expect(await passwords.verify(PASSWORD, await costly.hash(PASSWORD))).toBe(true);
  });

  test('of the usual cost takes as long for nobody as for somebody', async () => {
    const usual = createScryptHasher();
    const hash = await usual.hash(PASSWORD);
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    const timeOf = async (stored: string | undefined) => {
      const begin = performance.now();
      expect(await usual.verify(ANOTHER, stored)).toBe(false);
      return performance.now() - begin;
    };
    const somebody = await timeOf(hash);
    expect(await timeOf(undefined)).toBeGreaterThan(somebody / 4);
  });

  test('does not depend on how a letter was typed', async () => {
    const typed = 'Zürich-Zürich'.normalize('NFD');
    expect(await passwords.verify(typed, await passwords.hash('Zürich-Zürich'.normalize('NFC')))).toBe(true);
  });

  test('that is not one of ours is an error, not a wrong password', async () => {
    for (const hash of [
      '',
      'plain',
      '$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]) {
      await expect(passwords.verify(PASSWORD, hash)).rejects.toThrow('does not read');
    }
  });
});
