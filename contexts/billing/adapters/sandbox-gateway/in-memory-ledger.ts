import type { Outcome, SandboxLedger } from './ledger.ts';

/** A ledger that ends with its process. */
export function createInMemoryLedger(): SandboxLedger {
  const asked = new Map<string, number>();
  const outcomes = new Map<string, Outcome>();
  const ask = (key: string) => {
    const calls = (asked.get(key) ?? 0) + 1;
    asked.set(key, calls);
    return calls;
  };
  const settle = (key: string, outcome: Outcome) => {
    const first = outcomes.get(key) ?? outcome;
    outcomes.set(key, first);
    return first;
  };
  return {
    ask: async (key) => ask(key),
    settle: async (key, outcome) => settle(key, outcome),
    async askAndSettle(key, outcome) {
      ask(key);
      return settle(key, outcome);
    },
    find: async (key) => outcomes.get(key),
    read: async () =>
      [...new Set([...asked.keys(), ...outcomes.keys()])].map((key) => ({
        key,
        asked: asked.get(key) ?? 0,
        outcome: outcomes.get(key) ?? null,
      })),
  };
}
