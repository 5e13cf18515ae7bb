import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { ErasedCustomers } from '../../ports.ts';

export function createErasedCustomers(tables: Tables): ErasedCustomers {
  const erased = tables.table<true>('erased_customers');
  return { add: async (id) => erased.put(id, true), has: async (id) => erased.get(id) === true };
}
