import type { TenantId } from '#shared-kernel/tenant';

/** What a handler left behind: one row in a table that refuses nothing, so that a double shows. */
export interface Effect {
  readonly by: string;
  readonly tenantId: TenantId;
  readonly key: string;
  /** The event it answers, or the request. */
  readonly cause: string;
}
