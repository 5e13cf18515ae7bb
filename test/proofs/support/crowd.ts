import type { CustomerId } from '#shared-kernel/ids';
import type { Demand } from './demand.ts';
import { fillShop } from './goods.ts';
import type { Ground } from './ground.ts';
import { HttpClient, newTally, type Tally } from './http-client.ts';
import { quiet } from './quiet.ts';
import type { ServerProcess } from './server-process.ts';

/** Clients before an open shop. */
export interface Crowd {
  /** They turn to the servers in turn. */
  readonly clients: readonly HttpClient[];
  readonly customers: readonly CustomerId[];
  /** What all their calls came to. */
  readonly tally: Tally;
}

export interface Gathering {
  readonly ground: Pick<Ground, 'database'>;
  readonly demand: Demand;
  readonly servers: readonly ServerProcess[];
  readonly clients: number;
  /** Servers are ended on purpose meanwhile. */
  readonly isDisturbed?: boolean;
}

/** So many clients, before servers that are ready. */
export function bringClients({
  servers,
  isDisturbed = false,
  ...more
}: Pick<Gathering, 'servers' | 'clients' | 'isDisturbed'>): Omit<Crowd, 'customers'> {
  const tally = newTally();
  const clients = Array.from({ length: more.clients }, (_, at) => {
    const server = servers[at % servers.length]!;
    return new HttpClient({ urlOf: () => server.url, tally, isDisturbed });
  });
  return { clients, tally };
}

/** Opens the shop that the demand is about; when every context knows of it, brings so many clients before it. */
export async function gather({ ground, demand, ...others }: Gathering): Promise<Crowd> {
  const crowd = bringClients(others);
  const customers = await fillShop(crowd.clients[0]!, demand);
  await quiet(ground);
  return { ...crowd, customers };
}
