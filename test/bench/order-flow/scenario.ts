import type { Scenario, Subject } from '../scenario.ts';
import { measureOrderFlow, type OrderFlow } from './measure.ts';
import { openMicrolith } from './microlith/shop.ts';
import { openVendure } from './vendure/shop.ts';

const subject = (name: string, flow: OrderFlow): Subject => ({
  name,
  measure: (work) => measureOrderFlow(flow, work),
});

const ours = (circumstances: string, flow: Omit<OrderFlow, 'open'> = {}): Subject =>
  subject(`microlith${circumstances}`, { open: openMicrolith, ...flow });

const theirs = (circumstances: string, flow: Omit<OrderFlow, 'open'> = {}): Subject => ({
  ...subject(`Vendure${circumstances}`, { open: openVendure, share: 0.2, ...flow }),
  peer: 'vendure',
});

/** The whole way of an order, through the public API of a shop. */
export const ORDER_FLOW: Scenario = {
  name: 'order-flow',
  about:
    '8 clients order two lines each over HTTP, wait until the order is paid for and its stock set aside, and order again',
  events: 1_000,
  subjects: [
    ours(''),
    ours(', hot row', { isHot: true }),
    ours(' × 4', { processes: 4 }),
    ours(' × 4, hot row', { processes: 4, isHot: true }),
    ours(', 32 clients', { clients: 32 }),
    theirs(''),
    theirs(', hot row', { isHot: true }),
    theirs(', 32 clients', { clients: 32 }),
  ],
};
