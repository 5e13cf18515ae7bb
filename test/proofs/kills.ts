import { proveKills } from './support/kills.ts';
import { runProof } from './support/run-proof.ts';

await runProof({
  name: 'kills',
  claim:
    'The rush, while servers are killed ten times and PostgreSQL three times: nothing acknowledged is lost, nothing is done twice.',
  orders: 2_000,
  clients: 32,
  servers: 1,
  prove: proveKills,
});
