import type { UnitScope } from '#events/messaging/units/scope';
import type { Effect } from '../database/effect.ts';

/** What a handler or a command of the simulated contexts may do. */
export interface OfficeScope extends UnitScope {
  /** How many steps an order has taken, this one included; holds the order until the unit ends. */
  countOrder(order: string): Promise<number>;
  keep(effect: Omit<Effect, 'tenantId'>): void;
  /** A round trip to the database. */
  look(): Promise<void>;
  /** Stops between the append and the commit for so long, then perhaps changes its mind. */
  dawdle(milliseconds: number, isInVain: boolean): void;
}
