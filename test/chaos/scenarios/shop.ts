import { type Balance, holds } from '../../proofs/support/account.ts';
import { openPrivateGround } from '../../proofs/support/ground.ts';
import { proveKills } from '../../proofs/support/kills.ts';
import type { Check } from '../verdict.ts';
import type { Scenario } from './scenario.ts';

const ORDERS_PER_SECOND = 10;
const SECONDS_PER_KILL = 8;

export const shop: Scenario = {
  name: 'shop',
  about: 'the whole server takes orders while it and PostgreSQL are killed with kill -9',
  shortest: 20,
  async play({ chance, duration }) {
    const ground = await openPrivateGround();
    const kills = Math.ceil(duration / 1000 / SECONDS_PER_KILL);
    try {
      const { figures, balances } = await proveKills(ground, {
        seed: chance.below(1_000_000),
        orders: Math.ceil((duration / 1000) * ORDERS_PER_SECOND),
        clients: 8,
        servers: 1,
        isMixed: false,
        victims: { server: kills, postgres: Math.ceil(kills / 2) },
      });
      return { figures: { strikes: kills + Math.ceil(kills / 2), ...figures }, checks: balances.map(toCheck) };
    } finally {
      await ground.leave({ isKept: false });
    }
  },
};

const toCheck = (balance: Balance): Check => ({
  promise: balance.name,
  examined: Number(balance.expected),
  broken: holds(balance)
    ? []
    : balance.differences.map(({ entry, expected, actual }) => `${entry}: should be ${expected}, is ${actual}`),
});
