import type { Tables } from '#events/messaging/adapters/in-memory/tables';
import type { CredentialRepository } from '../../ports.ts';

export function createCredentials(tables: Tables): CredentialRepository {
  const hashes = tables.table<string>('credentials');
  return {
    find: async (customerId) => hashes.get(customerId),
    save: async (customerId, passwordHash) => hashes.put(customerId, passwordHash),
    remove: async (customerId) => hashes.delete(customerId),
  };
}
