import type { Clock } from '#shared-kernel/clock';
import type { TenantId } from '#shared-kernel/tenant';
import type { Publish } from './outbox.ts';
import type { SendRequest } from '../requests/request.ts';
import type { Schedule } from './schedule.ts';

/** What every scope holds besides its context's repositories. */
export interface UnitScope {
  readonly tenantId: TenantId;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly request: SendRequest;
  readonly schedule: Schedule;
}
