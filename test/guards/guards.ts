import type { Guard } from './guard.ts';
import { bus } from './list/bus.ts';
import { connections } from './list/connections.ts';
import { crashes } from './list/crashes.ts';
import { due } from './list/due.ts';
import { edges } from './list/edges.ts';
import { evolution } from './list/evolution.ts';
import { faults } from './list/faults.ts';
import { lanes } from './list/lanes.ts';
import { operations } from './list/operations.ts';
import { parking } from './list/parking.ts';
import { payload } from './list/payload.ts';
import { reading } from './list/reading.ts';
import { requests } from './list/requests.ts';
import { shop } from './list/shop.ts';
import { units } from './list/units.ts';

/** Everything without which a promise breaks, as far as we know. */
export const guards: readonly Guard[] = [
  reading,
  connections,
  units,
  lanes,
  faults,
  crashes,
  parking,
  evolution,
  payload,
  bus,
  requests,
  operations,
  due,
  shop,
  edges,
].flat();
