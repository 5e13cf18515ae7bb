import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { giveToOwner } from './ownership.ts';

/** Grants leases, which are open sockets, until there has been none for a while. */
export interface LeaseDesk {
  close(): void;
}

interface Patience {
  readonly firstLeaseMs: number;
  readonly lingerMs: number;
}

/** Opens the desk at a socket; whatever was left there is nobody's, since its owner would hold the directory's lock. */
export function openLeaseDesk(path: string, patience: Patience, onUnused: () => void): LeaseDesk {
  const leases = new Set<Socket>();
  let unused = setTimeout(onUnused, patience.firstLeaseMs);
  const desk = createServer((lease) => {
    clearTimeout(unused);
    leases.add(lease);
    lease.on('error', () => lease.destroy());
    lease.on('close', () => {
      leases.delete(lease);
      if (leases.size === 0 && desk.listening) unused = setTimeout(onUnused, patience.lingerMs);
    });
    lease.resume().write('leased\n');
  });
  rmSync(path, { force: true });
  desk.listen(path, () => giveToOwner(path));
  return { close: () => closeDesk(desk, leases) };
}

function closeDesk(desk: Server, leases: ReadonlySet<Socket>): void {
  desk.close();
  for (const lease of leases) lease.destroy();
}
