import { accountOf, balance, type Balance, NOTHING, onceEach } from './account.ts';
import type { Demand } from './demand.ts';
import { judgeFacts } from './facts.ts';
import { isAsItShouldBe } from './post-office.ts';
import type { Tally } from './http-client.ts';
import { judgeMail } from './mail.ts';
import { judgeMoney } from './money.ts';
import type { PlacedOrders } from './shopping.ts';
import type { State } from './state.ts';
import { judgeStock } from './stock.ts';

/** What the proof knows from outside, to hold the state against. */
export interface Evidence {
  readonly demand: Demand;
  readonly placed: PlacedOrders;
  readonly tally: Tally;
}

/** All that must be true of a shop in which every order has ended. */
export const judge = (state: State, evidence: Evidence): Balance[] => [
  ...judgeOrders(state, evidence),
  ...judgeStock(state, evidence.demand),
  ...judgeMoney(state),
  ...judgeMail(state),
  ...judgeFacts(state),
  balance('parts of nothing', NOTHING, accountOf(state.orphans.map(({ what, count }) => [what, count]))),
  balance(
    'left over in the post office',
    NOTHING,
    accountOf(state.leftovers.filter((each) => !isAsItShouldBe(each)).map(({ what, count }) => [what, count])),
  ),
  balance('deadlocks', NOTHING, accountOf([['deadlocks', state.deadlocks]])),
];

function judgeOrders({ orders }: State, { demand, placed, tally }: Evidence): Balance[] {
  const open = orders.filter(({ status }) => status !== 'completed' && status !== 'cancelled');
  return [
    balance('answers no call may get', NOTHING, accountOf(tally.wrong)),
    balance(
      'orders acknowledged, of those asked for',
      onceEach(demand.orders.map(({ key }) => key)),
      onceEach(placed.keys()),
    ),
    balance('orders there, of those acknowledged', countEach(placed.values()), onceEach(orders.map(({ id }) => id))),
    balance('orders that have not ended', NOTHING, onceEach(open.map(({ id }) => id))),
  ];
}

const countEach = (names: Iterable<string>) => accountOf(Array.from(names, (name) => [name, 1]));
