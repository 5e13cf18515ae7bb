import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import type { CustomerId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { CredentialRepository } from '../../ports.ts';
import { flush } from './flush.ts';

export const CredentialRow = defineEntity({
  name: 'CredentialRow',
  schema: 'accounts',
  tableName: 'credentials',
  properties: {
    tenantId: p.text().$type<TenantId>().primary(),
    customerId: p.uuid().$type<CustomerId>().primary(),
    passwordHash: p.text(),
    version: p.integer().version(),
  },
});

/** A table of its own, which nobody but this context needs to read. */
export class MikroOrmCredentials implements CredentialRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async find(customerId: CustomerId): Promise<string | undefined> {
    return (await this.#row(customerId))?.passwordHash;
  }

  async save(customerId: CustomerId, passwordHash: string): Promise<void> {
    const row = await this.#row(customerId);
    if (row) this.#em.assign(row, { passwordHash });
    else {
      const created = { tenantId: this.#tenantId, customerId, passwordHash, version: 1 };
      this.#em.create(CredentialRow, created, { persist: true });
    }
    await flush(this.#em);
  }

  async remove(customerId: CustomerId): Promise<void> {
    const row = await this.#row(customerId);
    if (row) await this.#em.remove(row).flush();
  }

  #row(customerId: CustomerId) {
    return this.#em.findOne(CredentialRow, { tenantId: this.#tenantId, customerId });
  }
}
