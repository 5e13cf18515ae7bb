import { proveBuyers } from './support/buyers.ts';
import { runProof } from './support/run-proof.ts';

await runProof({
  name: 'buyers',
  claim: 'Twice as many buyers as pieces, before two servers on one database: every piece is sold, and none twice.',
  orders: 200,
  clients: 32,
  servers: 2,
  prove: proveBuyers,
});
