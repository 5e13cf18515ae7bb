import type { EntityManager } from '@mikro-orm/postgresql';
import type { CustomerId, OrderId, ShipmentId } from '#shared-kernel/ids';
import type { TenantId } from '#shared-kernel/tenant';
import type { Reservation } from '../../domain/reservation.ts';
import type { ReservationRepository } from '../../ports.ts';
import { hold } from './hold.ts';
import { readReservations } from './read-reservations.ts';
import {
  AllocationRow,
  ReservationRow,
  type ReservationRows,
  ShipmentRow,
  toReservation,
  toReservationState,
  toShipmentState,
} from './reservation-rows.ts';

/** A reservation that is locked, and the rows it is kept in. */
interface Locked {
  readonly reservation: Reservation;
  readonly root: ReservationRow;
  readonly shipments: ReadonlyMap<ShipmentId, ShipmentRow>;
}

/** Reservations in three tables: roots, which are locked for all, allocations, which never change, and shipments. */
export class MikroOrmReservations implements ReservationRepository {
  readonly #em: EntityManager;
  readonly #tenantId: TenantId;
  /** What this unit of work has locked; undefined where there is no such order. Nobody else changes it meanwhile. */
  readonly #locked = new Map<OrderId, Locked | undefined>();

  constructor(em: EntityManager, tenantId: TenantId) {
    this.#em = em;
    this.#tenantId = tenantId;
  }

  async lock(orderIds: readonly OrderId[]): Promise<readonly Reservation[]> {
    const ids = [...new Set(orderIds)];
    await this.#lockMore(ids.filter((id) => !this.#locked.has(id)));
    return ids.map((id) => this.#locked.get(id)?.reservation).filter((known) => known !== undefined);
  }

  async lockOfCustomer(customerId: CustomerId): Promise<readonly Reservation[]> {
    const found = await readReservations(this.#em, {
      tenantId: this.#tenantId,
      where: { customerId },
      isLocking: true,
    });
    return found.map((rows) => this.#remember(rows));
  }

  async find(orderId: OrderId): Promise<Reservation | undefined> {
    const [found] = await readReservations(this.#em, {
      tenantId: this.#tenantId,
      where: { orderId },
      isLocking: false,
    });
    return found && toReservation(found);
  }

  async save(reservation: Reservation): Promise<void> {
    const known = this.#locked.get(reservation.orderId);
    const root = known?.root ?? this.#createRoot(reservation);
    if (known) this.#em.assign(root, toReservationState(reservation));
    if (!known || known.reservation.allocations.length === 0) this.#createAllocations(reservation);
    const shipments = new Map(
      reservation.shipments.map((shipment) => [shipment.id, this.#saveShipment(reservation, shipment, known)]),
    );
    this.#locked.set(reservation.orderId, { reservation, root, shipments });
  }

  async #lockMore(orderIds: readonly OrderId[]): Promise<void> {
    if (orderIds.length === 0) return;
    await hold(
      this.#em,
      orderIds.map((id) => `fulfillment/${this.#tenantId}/${id}`),
    );
    const where = { orderId: { $in: [...orderIds] } };
    const found = await readReservations(this.#em, { tenantId: this.#tenantId, where, isLocking: true });
    for (const id of orderIds) this.#locked.set(id, undefined);
    for (const rows of found) this.#remember(rows);
  }

  #remember(rows: ReservationRows): Reservation {
    const reservation = toReservation(rows);
    const shipments = new Map(rows.shipments.map((row) => [row.id, row]));
    this.#locked.set(reservation.orderId, { reservation, root: rows.root, shipments });
    return reservation;
  }

  #createRoot(reservation: Reservation): ReservationRow {
    const { orderId } = reservation;
    const state = toReservationState(reservation);
    return this.#em.create(ReservationRow, { tenantId: this.#tenantId, orderId, ...state }, { persist: true });
  }

  #createAllocations({ orderId, allocations }: Reservation): void {
    for (const allocation of allocations) {
      this.#em.create(AllocationRow, { tenantId: this.#tenantId, orderId, ...allocation }, { persist: true });
    }
  }

  #saveShipment({ orderId }: Reservation, shipment: Reservation['shipments'][number], known?: Locked): ShipmentRow {
    const row = known?.shipments.get(shipment.id);
    if (row) return this.#em.assign(row, toShipmentState(shipment));
    return this.#em.create(ShipmentRow, { tenantId: this.#tenantId, orderId, ...shipment }, { persist: true });
  }
}
