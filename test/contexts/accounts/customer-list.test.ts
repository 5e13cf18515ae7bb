import { expect, test } from 'vitest';
import { CustomerId, newId } from '#shared-kernel/ids';
import { describeAccounts, register } from './office.ts';

describeAccounts((open) => {
  test('customers are listed page by page, and by ids each once', async () => {
    const office = open();
    const registered: CustomerId[] = [];
    for (const n of [1, 2, 3]) registered.push(await register(office, { email: `ada${n}@example.com` }));
    const first = await office.as(() => office.context.queries.listCustomers({ limit: 2 }));
    const after = first.items.at(-1)!.id;
    expect(first.next).toBe(after);
    const rest = await office.as(() => office.context.queries.listCustomers({ limit: 2, after }));
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(registered);
    expect(rest.next).toBeNull();
    const ids = [registered[0]!, newId(CustomerId), registered[2]!, registered[0]!];
    const known = await office.as(() => office.context.queries.listCustomersByIds({ ids }));
    expect(new Set(known.map(({ id }) => id))).toEqual(new Set([registered[0], registered[2]]));
    expect(known).toHaveLength(2);
  });
});
