import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DomainError } from '#shared-kernel/errors';
import { idOfName, ProductId, type ShipmentId, WarehouseId } from '#shared-kernel/ids';
import { asUser, type Office, openInMemory } from './office.ts';
import { listed, orderOf } from './story.ts';

const SEED = 2026;

const products = ['a', 'b'].map((name) => idOfName(ProductId, 'products', name));
const warehouses = ['north', 'south'].map((name) => idOfName(WarehouseId, 'warehouses', name));
const places = products.flatMap((productId) => warehouses.map((warehouseId) => ({ productId, warehouseId })));

const place = fc.constantFrom(...places);
const some = fc.integer({ min: 1, max: 9 });
const pieces = fc.tuple(fc.constantFrom(...products), some);
/** One of the orders, or of the shipments, that there are by then. */
const which = fc.nat(11);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive'), place, quantity: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('write off'), place, quantity: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('transfer'), place, quantity: some }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('order'), pieces: fc.array(pieces, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('placed', 'confirmed'), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancellationRequested', 'cancelled'), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('dispatch', 'deliver'), which }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

type Place = (typeof places)[number];

/** A depot, and beside it a count of what came and went. */
class CountedDepot {
  readonly #office: Office;
  readonly #orders: ReturnType<typeof orderOf>[] = [];
  readonly #expected = new Map<string, number>();
  dispatched = 0;

  constructor(office: Office) {
    this.#office = office;
  }

  async take(step: Step): Promise<void> {
    try {
      await asUser(() => this.#take(step));
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
    }
  }

  async #take(step: Step): Promise<void> {
    const { commands } = this.#office.context;
    switch (step.do) {
      case 'receive':
        await commands.receiveStock({ ...step.place, quantity: step.quantity });
        return this.#count(step.place, step.quantity);
      case 'write off':
        await commands.adjustStock({ ...step.place, difference: -step.quantity, reason: 'broken' });
        return this.#count(step.place, -step.quantity);
      case 'transfer':
        return this.#transfer(step.place, step.quantity);
      case 'order':
        return void this.#orders.push(orderOf(...step.pieces));
      case 'dispatch':
        return this.#withShipment(step.which, (shipmentId) => this.#dispatch(shipmentId));
      case 'deliver':
        return this.#withShipment(step.which, (shipmentId) => commands.deliverShipment({ shipmentId }));
      default: {
        const order = this.#orders[step.which % this.#orders.length];
        if (order) await this.#office.record(order[step.do]);
        return this.#office.relay.relayOnce();
      }
    }
  }

  async #transfer({ productId, warehouseId: from }: Place, quantity: number): Promise<void> {
    const to = warehouses.find((warehouse) => warehouse !== from)!;
    await this.#office.context.commands.transferStock({ productId, from, to, quantity });
    this.#count({ productId, warehouseId: from }, -quantity);
    this.#count({ productId, warehouseId: to }, quantity);
  }

  async #withShipment(which: number, act: (id: ShipmentId) => Promise<void>): Promise<void> {
    const { items } = await this.#office.context.queries.listShipments({ limit: 100 });
    const shipment = items[which % items.length];
    if (shipment) await act(shipment.id);
  }

  async #dispatch(shipmentId: ShipmentId): Promise<void> {
    const { commands, queries } = this.#office.context;
    const { status, warehouseId, lines } = await queries.getShipment(shipmentId);
    await commands.dispatchShipment({ shipmentId });
    if (status !== 'prepared') return;
    this.dispatched += 1;
    for (const { productId, quantity } of lines) this.#count({ productId, warehouseId }, -quantity);
  }

  #count({ productId, warehouseId }: Place, difference: number): void {
    const name = `${productId} ${warehouseId}`;
    this.#expected.set(name, (this.#expected.get(name) ?? 0) + difference);
  }

  /** Levels that are not what was counted. */
  async findDifferences() {
    const open = await this.#openAllocations();
    const stock = await asUser(() => this.#office.context.queries.listStock({ limit: 100 }));
    return stock.items.flatMap(({ productId, warehouses }) =>
      warehouses
        .map((level) => ({ ...level, counted: this.#counted({ productId, ...level }, open) }))
        .filter(
          ({ onHand, reserved, counted }) =>
            onHand !== counted.onHand || reserved !== counted.reserved || onHand < reserved || reserved < 0,
        ),
    );
  }

  #counted({ productId, warehouseId }: Place, open: readonly (Place & { readonly quantity: number })[]) {
    const held = open.filter((each) => each.productId === productId && each.warehouseId === warehouseId);
    return {
      onHand: this.#expected.get(`${productId} ${warehouseId}`) ?? 0,
      reserved: held.reduce((sum, { quantity }) => sum + quantity, 0),
    };
  }

  async #openAllocations() {
    const open = await Promise.all(this.#orders.map(({ orderId }) => this.#openAllocationsOf(orderId)));
    return open.flat();
  }

  async #openAllocationsOf(orderId: ReturnType<typeof orderOf>['orderId']) {
    const reservation = await asUser(() => this.#office.context.queries.getReservation(orderId)).catch(() => undefined);
    if (!reservation || !['reserved', 'shipping'].includes(reservation.status)) return [];
    return reservation.allocations.filter(({ warehouseId }) => {
      const shipment = reservation.shipments.find((each) => each.warehouseId === warehouseId);
      return shipment === undefined || shipment.status === 'prepared';
    });
  }
}

async function openDepot(): Promise<CountedDepot> {
  const office = openInMemory();
  await office.record(...products.map((productId) => listed(productId)));
  await office.relay.relayOnce();
  for (const warehouseId of warehouses) {
    await asUser(() => office.context.commands.openWarehouse({ name: 'Depot', warehouseId }));
  }
  return new CountedDepot(office);
}

test('whatever happens, what came less what went is on hand, and what orders hold is reserved', async () => {
  let dispatched = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80, size: 'max' }), async (steps) => {
      const depot = await openDepot();
      for (const each of steps) {
        await depot.take(each);
        expect(await depot.findDifferences()).toEqual([]);
      }
      dispatched += depot.dispatched;
    }),
    { seed: SEED, numRuns: 100 },
  );
  expect(dispatched).toBeGreaterThan(50);
});
