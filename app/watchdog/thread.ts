import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import { noteSuspects } from '#events/messaging/adapters/postgresql/lanes/suspects';
import { UnderWay } from './under-way.ts';
import type { WatchdogOrder } from './watchdog.ts';

/** Looks in which the loop may not turn. Counted, not timed: a process that was stopped and goes on has missed none. */
const LOOKS = 10;
/** Milliseconds for writing down whom to blame; then the process ends all the same. */
const NOTING = 2_000;
const STANDARD_ERROR = 2;

const { memory, blockedAfter } = workerData as WatchdogOrder;
const underWay = new UnderWay(memory);
let database: DatabaseAddress | undefined;
let seen = underWay.turns;
let missed = 0;

parentPort!.on('message', (address: DatabaseAddress) => (database = address));
const looking = setInterval(look, blockedAfter / LOOKS);

function look(): void {
  missed = underWay.turns === seen ? missed + 1 : 0;
  seen = underWay.turns;
  if (missed < LOOKS) return;
  clearInterval(looking);
  void end();
}

async function end(): Promise<void> {
  const suspects = underWay.read();
  const blamed =
    suspects.map(({ subscriber, eventId }) => `${subscriber} with event ${eventId}`).join(', ') ||
    'no event (perhaps an HTTP request, or a collection of garbage)';
  // The logger lives on the thread that is blocked.
  writeSync(STANDARD_ERROR, `The event loop was blocked for ${blockedAfter} ms by ${blamed}; the process ends.\n`);
  if (database && suspects.length > 0)
    await Promise.race([sleep(NOTING), noteSuspects(database, suspects).catch(() => undefined)]);
  process.kill(process.pid, 'SIGKILL');
}
