import type { Demand } from '../../proofs/support/demand.ts';
import { Disqualified } from '../scenario.ts';
import type { Books } from './shop.ts';

/** Every order is paid for and its customer told, once. @throws {Disqualified} */
export function assertPaid({ paid, mailed }: Books, { orders }: Demand): void {
  const faults = [
    paid !== orders.length && `${orders.length} orders were confirmed, ${paid} are paid for`,
    mailed !== orders.length && `${mailed} confirmations were sent for ${orders.length} orders`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Disqualified(faults);
}

/** Pieces that were sold and not set aside, or set aside and not sold, of a thousand sold. */
export function wrongPieces({ setAside }: Books, { orders, products }: Demand): number {
  const lines = orders.flatMap((order) => order.lines);
  const sold = (productId: string) => sum(lines.filter((line) => line.productId === productId).map(quantityOf));
  const wrong = products.map(({ productId, sku }) => Math.abs(sold(productId) - (setAside.get(sku) ?? 0)));
  return (1_000 * sum(wrong)) / sum(lines.map(quantityOf));
}

const quantityOf = ({ quantity }: Demand['orders'][number]['lines'][number]) => quantity;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
