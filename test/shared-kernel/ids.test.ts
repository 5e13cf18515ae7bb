import { describe, expect, test } from 'vitest';
import { CustomerId, idOfName, newId, OrderId } from '#shared-kernel/ids';
import { uuidV7 } from '#shared-kernel/uuid';

describe('an id', () => {
  test('is a UUID version 7, and later ones sort after earlier ones', () => {
    const ids = Array.from({ length: 20_000 }, () => newId(OrderId));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toBe(true);
  });

  const millisecondOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  /** What another test has asked of the future is remembered in this process. */
  const laterThanAny = () => Math.max(Date.now(), millisecondOf(uuidV7())) + 60_000;

  test('carries its millisecond', () => {
    const now = laterThanAny();
    expect(millisecondOf(uuidV7(now))).toBe(now);
  });

  test('still grows when the clock goes back', () => {
    const later = uuidV7(laterThanAny());
    expect(uuidV7(Date.now()) > later).toBe(true);
  });

  test('of a name is always the same, and another in another namespace', () => {
    expect(idOfName(CustomerId, 'a', '7')).toBe(idOfName(CustomerId, 'a', '7'));
    expect(idOfName(CustomerId, 'a', '7')).not.toBe(idOfName(CustomerId, 'b', '7'));
    expect(CustomerId.safeParse(idOfName(CustomerId, 'a', '7')).success).toBe(true);
  });

  test('is read in upper case and kept in lower case', () => {
    const id = newId(OrderId);
    expect(OrderId.parse(id.toUpperCase())).toBe(id);
  });
});
