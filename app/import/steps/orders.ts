import type { OrderId } from '#shared-kernel/ids';
import { act, brokenRule } from '../act.ts';
import type { BookedOrder } from '../book/orders.ts';
import type { Book } from '../book/read-book.ts';
import { missing } from '../book/reader.ts';
import { Stopped } from '../each.ts';
import { customers as customerTable, orderLines as lineTable, orders as table } from '../files/tables.ts';
import { type OrderStatus, OrderWatch } from '../order-watch.ts';
import type { Run } from '../run.ts';
import { ShippingDesk } from '../shipping-desk.ts';

const ASKED_AT_ONCE = 200;
/** Orders on their way at the same time: enough that every lane has a batch, few enough that a stop is quick. */
const IN_FLIGHT = 64;

type Taken = Pick<Book, 'orders' | 'products' | 'customers'>;
type Statuses = ReadonlyMap<OrderId, OrderStatus>;

/**
 * Takes over orders one after the other, in date order, so that they are in the log, and get their stock, in that order. What
 * the files say was shipped is dispatched and delivered, several orders at once.
 */
export async function takeOverOrders(run: Run, book: Taken): Promise<readonly BookedOrder[]> {
  const { orders } = book;
  const statuses = await findStatuses(run, orders);
  const { getOrder } = run.system.contexts.checkout.queries;
  const look = async (orderId: OrderId) => (await act('checkout.getOrder', () => getOrder(orderId))).status;
  const watch = new OrderWatch(run.system.bus, look);
  const way: Way = { watch, desk: new ShippingDesk(run), statuses };
  const inFlight = new Flight(IN_FLIGHT);
  const stage = run.progress.begin('orders', orders.length);
  const taken: BookedOrder[] = [];
  try {
    for (const order of orders) {
      await inFlight.room();
      if (run.stop.aborted) break;
      const isThere = await takeOver(run, order, book, statuses);
      if (isThere) taken.push(order);
      inFlight.add((isThere ? finish(order, way) : Promise.resolve()).then(stage.advance));
    }
    await inFlight.landed();
  } finally {
    watch.close();
    stage.end();
  }
  if (run.stop.aborted) throw new Stopped();
  return taken;
}

async function findStatuses({ system }: Run, orders: readonly BookedOrder[]): Promise<Statuses> {
  const { listOrdersByIds } = system.contexts.checkout.queries;
  const statuses = new Map<OrderId, OrderStatus>();
  for (let at = 0; at < orders.length; at += ASKED_AT_ONCE) {
    const ids = orders.slice(at, at + ASKED_AT_ONCE).map(({ command }) => command.orderId);
    for (const { id, status } of await act('checkout.listOrdersByIds', () => listOrdersByIds({ ids }))) {
      statuses.set(id, status);
    }
  }
  return statuses;
}

/** True when the order is here, now or already. */
async function takeOver(
  { findings, system }: Run,
  order: BookedOrder,
  taken: Taken,
  statuses: Statuses,
): Promise<boolean> {
  const { command, lines } = order;
  if (statuses.has(command.orderId)) {
    findings.of(table).alreadyThere += 1;
    findings.of(lineTable).alreadyThere += lines.length;
    return true;
  }
  const { recordOrder } = system.contexts.checkout.commands;
  const fault =
    lacking(order, taken) ?? toFault(order, await brokenRule('checkout.recordOrder', () => recordOrder(command)));
  if (fault === undefined) {
    findings.of(table).imported += 1;
    findings.of(lineTable).imported += lines.length;
    return true;
  }
  findings.reject(table, order, fault);
  const reason = `its order was rejected: line ${order.line} of ${table.file}`;
  for (const line of lines) findings.reject(lineTable, line, { field: 'salesorderid', value: order.key, reason });
  return false;
}

/** Something the order needs could not be taken over. */
function lacking({ customer, lines }: BookedOrder, { customers, products }: Taken) {
  if (!customers.has(customer)) return missing('customerid', customer, customerTable);
  const line = lines.find(({ productid }) => !products.has(productid));
  if (!line) return undefined;
  const reason = `product ${line.productid} of line ${line.line} of ${lineTable.file} was rejected`;
  return { field: 'salesorderid', value: line.salesorderid, reason };
}

const toFault = ({ key }: BookedOrder, reason: string | undefined) =>
  reason === undefined ? undefined : { field: 'salesorderid', value: key, reason };

interface Way {
  readonly watch: OrderWatch;
  readonly desk: ShippingDesk;
  readonly statuses: Statuses;
}

/** Sees to it that an order ends as the files say it did, if it can. */
async function finish({ command, isShipped }: BookedOrder, { watch, desk, statuses }: Way): Promise<void> {
  const { orderId } = command;
  const known = statuses.get(orderId) ?? 'placed';
  const status =
    known === 'placed' ? await watch.until(orderId, 'confirmed', 'shipped', 'completed', 'cancelled') : known;
  if (!isShipped || status === 'completed' || status === 'cancelled') return;
  await desk.ship(orderId);
  await watch.until(orderId, 'completed', 'cancelled');
}

/** So many things under way at once; the first that fails ends the flight. */
class Flight {
  readonly #most: number;
  readonly #under = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  add(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => this.#under.delete(done));
    this.#under.add(done);
  }

  /** Resolves when there is room for more. @throws what failed */
  async room(): Promise<void> {
    while (this.#under.size >= this.#most && !this.#failure) await Promise.race(this.#under);
    this.#assertWell();
  }

  async landed(): Promise<void> {
    while (this.#under.size > 0 && !this.#failure) await Promise.race(this.#under);
    this.#assertWell();
  }

  #assertWell(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
