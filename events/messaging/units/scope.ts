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

/** A query tried to publish, to ask something of the outside, or to schedule: there is no commit that would carry it. */
export class ChangeInQuery extends Error {
  constructor() {
    super('a query changes nothing, so it cannot publish, request or schedule; do it in a command');
    this.name = 'ChangeInQuery';
  }
}

/** @throws {ChangeInQuery} */
export const refuseInQuery = (): never => {
  throw new ChangeInQuery();
};

/** What the scope of a query holds. */
export const queryScope = (tenantId: TenantId, clock: Clock): UnitScope => ({
  tenantId,
  clock,
  publish: refuseInQuery,
  request: refuseInQuery,
  schedule: { after: refuseInQuery, at: refuseInQuery, cancel: refuseInQuery },
});
