import { type EntityManager, type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import type { OrderId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import { AllocationRow, ReservationRow, type ReservationRows, ShipmentRow } from './reservation-rows.ts';

interface Wanted {
  readonly tenantId: TenantId;
  readonly where: FilterQuery<ReservationRow>;
  /** Locks the roots in the order of their ids; everything else of an order is guarded by its root. */
  readonly isLocking: boolean;
}

/** Whole reservations, each with its allocations and its shipments. */
export async function readReservations(em: EntityManager, wanted: Wanted): Promise<ReservationRows[]> {
  const { tenantId, where, isLocking } = wanted;
  const roots = await em.find(
    ReservationRow,
    { $and: [{ tenantId }, where] },
    { orderBy: { orderId: 'asc' }, ...(isLocking && { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) },
  );
  return roots.length === 0 ? [] : withParts(em, tenantId, roots);
}

async function withParts(em: EntityManager, tenantId: TenantId, roots: ReservationRow[]): Promise<ReservationRows[]> {
  const ofThem = { tenantId, orderId: { $in: roots.map(({ orderId }) => orderId) } };
  const fresh = { refresh: true };
  const [allocations, shipments] = await Promise.all([
    em.find(AllocationRow, ofThem, { ...fresh, orderBy: { productId: 'asc', warehouseId: 'asc' } }),
    em.find(ShipmentRow, ofThem, { ...fresh, orderBy: { id: 'asc' } }),
  ]);
  const allocationsOf = Map.groupBy(allocations, orderOf);
  const shipmentsOf = Map.groupBy(shipments, orderOf);
  return roots.map((root) => ({
    root,
    allocations: allocationsOf.get(root.orderId) ?? [],
    shipments: shipmentsOf.get(root.orderId) ?? [],
  }));
}

const orderOf = ({ orderId }: { readonly orderId: OrderId }) => orderId;
