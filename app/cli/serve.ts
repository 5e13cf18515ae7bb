import manifest from '../../package.json' with { type: 'json' };
import { readConfig, unknownSettings } from '../config.ts';
import { loadDemo } from '../demo/load.ts';
import { openHost } from '../host.ts';
import { createLogger } from '../logging.ts';
import { createMetrics } from '../metrics.ts';
import { combineObservers, loggingObserver } from '../observers.ts';
import { assertCanListen, openServer } from '../server.ts';
import { openTraces } from '../tracing.ts';
import { startWatchdog } from '../watchdog/watchdog.ts';
import { banner } from './banner.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** Opens everything, and serves until told to stop; then finishes what is under way and closes everything again. */
export async function serve(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config);
  for (const name of unknownSettings()) logger.warn(`${name} is not a setting of microlith and has no effect`);
  const metrics = createMetrics();
  const opened = new AsyncDisposableStack();
  const signals = stopOnSignals(opened, logger);
  try {
    const watchdog = startWatchdog(config.blockedAfter);
    opened.use(watchdog);
    const observer = combineObservers([metrics.observer, loggingObserver(logger), watchdog.observer]);
    await assertCanListen(config);
    const traces = await openTraces();
    opened.defer(async () => traces?.close());
    const host = await openHost({ config, logger, observer, tracing: traces });
    opened.defer(() => host.close());
    if (host.database) watchdog.noteIn(host.database);
    if (host.migrated.length > 0) logger.info({ migrations: host.migrated.length }, 'the database is up to date');
    const server = await openServer({ host, config, logger, metrics, traces });
    opened.defer(() => server.stop());
    logger.info(
      { member: host.backbone.poolUse().process, pid: process.pid, version: manifest.version, url: server.url },
      'started',
    );
    const demo = await loadDemo(host.system, config.withDemo);
    process.stdout.write(
      banner({
        url: server.url,
        place: host.place,
        demo,
        isShared: host.database !== undefined,
        isOpen: config.isOpen,
      }),
    );
  } catch (error) {
    if (opened.disposed) return;
    signals.uninstall();
    await opened.disposeAsync();
    throw error;
  }
}
