import { combineObservers } from '#app/observers';
import { startWatchdog } from '#app/watchdog/watchdog';
import { openOffice } from '../office/office.ts';
import { readOrder, say, untilAskedToEnd, wrongClock } from './child.ts';
import type { WorkerOrder } from './orders.ts';

/** Milliseconds, as the server has it when nobody chooses. */
const BLOCKED_AFTER = 5_000;

const { database, clockOffset, edition } = readOrder() as WorkerOrder;
const signal = untilAskedToEnd();
const reportError = (error: unknown) => say({ is: 'disturbed', error: String(error) });
using watchdog = startWatchdog(BLOCKED_AFTER);
watchdog.noteIn(database);
const observer = combineObservers([
  watchdog.observer,
  { logMoved: ({ error }) => say({ is: 'stopped', why: String(error) }) },
]);
const office = await openOffice(database, {
  clock: wrongClock(clockOffset),
  poolSize: 10,
  edition,
  observer,
  reportError,
});
say({ is: 'ready' });
await office.run(signal);
await office.close();
process.disconnect();
