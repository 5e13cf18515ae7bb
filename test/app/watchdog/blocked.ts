import { startWatchdog } from '#app/watchdog/watchdog';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** A process whose loop is blocked for ever: by some subscriber on some event, or by nobody that is named. */
const [subscriber, eventId, address] = process.argv.slice(2);
const watchdog = startWatchdog(200);
if (address) watchdog.noteIn(JSON.parse(address) as DatabaseAddress);
if (subscriber && eventId) watchdog.observer.handling!({ lane: { id: '0', subscriber }, eventId });
for (;;);
