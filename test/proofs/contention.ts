import { proveContention } from './support/contention.ts';
import { runProof } from './support/run-proof.ts';

await runProof({
  name: 'contention',
  claim: 'A rush for what is there for half of it: nothing is oversold, every order ends, and everything balances.',
  orders: 2_000,
  clients: 32,
  servers: 1,
  prove: proveContention,
});
