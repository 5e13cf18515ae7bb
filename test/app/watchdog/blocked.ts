import { startWatchdog } from '#app/watchdog/watchdog';
import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';

/** A process whose loop is blocked for ever by some subscriber on some event. */
const [subscriber, eventId, address] = process.argv.slice(2) as [string, string, string];
const watchdog = startWatchdog(200);
watchdog.noteIn(JSON.parse(address) as DatabaseAddress);
watchdog.observer.handling!({ lane: { id: '0', subscriber }, eventId });
for (;;);
