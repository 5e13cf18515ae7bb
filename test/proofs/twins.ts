import { runProof } from './support/run-proof.ts';
import { proveTwins } from './support/twins.ts';

await runProof({
  name: 'twins',
  claim:
    'The same final call to two servers at once, one of which is killed about then, and again to both: one order, one capture, one event.',
  orders: 20,
  clients: 2,
  servers: 2,
  prove: proveTwins,
});
