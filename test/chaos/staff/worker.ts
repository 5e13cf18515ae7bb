import { startWatchdog } from '#app/watchdog/watchdog';
import { openOffice } from '../office/office.ts';
import { readOrder, say, untilAskedToEnd, wrongClock } from './child.ts';
import { DELIVERY_STOPPED, type Saying, type WorkerOrder } from './orders.ts';

/** Milliseconds, as the server has it when nobody chooses. */
const BLOCKED_AFTER = 5_000;

const { database, clockOffset, edition } = readOrder() as WorkerOrder;
const signal = untilAskedToEnd();
const reportError = (error: unknown) => say({ is: 'disturbed', error: String(error) });
using watchdog = startWatchdog(BLOCKED_AFTER);
watchdog.noteIn(database);
const { observer } = watchdog;
const office = await openOffice(database, {
  clock: wrongClock(clockOffset),
  poolSize: 10,
  edition,
  observer,
  reportError,
});
say({ is: 'ready' });
try {
  await office.run(signal);
} catch (error) {
  process.send!({ is: 'stopped', why: String(error) } satisfies Saying, () => process.exit(DELIVERY_STOPPED));
  await new Promise(() => undefined);
}
await office.close();
process.disconnect();
