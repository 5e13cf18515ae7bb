import { z } from 'zod';

/** Whose data it is. Leads every key; `default` where nobody asked for more than one. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be 1 to 63 of a-z, 0-9 and -, starting with a letter or digit' })
  .brand<'TenantId'>();
export type TenantId = z.output<typeof TenantId>;

/** The tenant of who has only one. */
export const DEFAULT_TENANT = TenantId.parse('default');
