import { accountsInMemory } from '#contexts/accounts/in-memory';
import { accountsOnMikroOrm } from '#contexts/accounts/mikro-orm';
import { billingInMemory } from '#contexts/billing/in-memory';
import { billingOnMikroOrm } from '#contexts/billing/mikro-orm';
import { catalogInMemory } from '#contexts/catalog/in-memory';
import { catalogOnMikroOrm } from '#contexts/catalog/mikro-orm';
import { checkoutInMemory } from '#contexts/checkout/in-memory';
import { checkoutOnMikroOrm } from '#contexts/checkout/mikro-orm';
import { fulfillmentInMemory } from '#contexts/fulfillment/in-memory';
import { fulfillmentOnMikroOrm } from '#contexts/fulfillment/mikro-orm';
import { notificationsInMemory } from '#contexts/notifications/in-memory';
import { notificationsOnMikroOrm } from '#contexts/notifications/mikro-orm';
import { migrations as accountsMigrations } from '#migrations/accounts';
import { migrations as billingMigrations } from '#migrations/billing';
import { migrations as catalogMigrations } from '#migrations/catalog';
import { migrations as checkoutMigrations } from '#migrations/checkout';
import { migrations as fulfillmentMigrations } from '#migrations/fulfillment';
import { migrations as notificationsMigrations } from '#migrations/notifications';
import { contextHistory, logHistory, type SchemaHistory } from './persistence/migrate.ts';

/** Every context, and the ways it can be stored. A new one gets a line here, and the compiler then asks for one in system.ts. */
export const doors = {
  accounts: { inMemory: accountsInMemory, mikroOrm: accountsOnMikroOrm, migrations: accountsMigrations },
  billing: { inMemory: billingInMemory, mikroOrm: billingOnMikroOrm, migrations: billingMigrations },
  catalog: { inMemory: catalogInMemory, mikroOrm: catalogOnMikroOrm, migrations: catalogMigrations },
  checkout: { inMemory: checkoutInMemory, mikroOrm: checkoutOnMikroOrm, migrations: checkoutMigrations },
  fulfillment: { inMemory: fulfillmentInMemory, mikroOrm: fulfillmentOnMikroOrm, migrations: fulfillmentMigrations },
  notifications: {
    inMemory: notificationsInMemory,
    mikroOrm: notificationsOnMikroOrm,
    migrations: notificationsMigrations,
  },
} as const;

/** The whole history of a database that holds all contexts. */
export const histories: readonly SchemaHistory[] = [
  logHistory,
  ...Object.entries(doors).map(([context, { migrations }]) => contextHistory(context, migrations)),
];
