import EventEmitter2 from 'eventemitter2';
import { type Bus, UnknownEventType } from '../log/bus.ts';
import type { RecordedEvent } from '../log/log.ts';

/**
 * The bus on eventemitter2, used for what it does safely: keeping listeners by type. The fan-out is ours, because `emit`
 * stops at the first listener that throws and `emitAsync` rejects while the others still run; wildcards stay off, because
 * with them `on('a.__proto__')` writes to Object.prototype.
 */
export function createBus(types: readonly string[], reportError: (error: unknown) => void): Bus {
  const emitter = new EventEmitter2.EventEmitter2({ wildcard: false, maxListeners: 0 });
  const published = new Set(types);
  const assertPublished = (type: string) => {
    if (!published.has(type)) throw new UnknownEventType(type);
  };
  return {
    on(wanted, listener) {
      wanted.forEach(assertPublished);
      const settled = (event: RecordedEvent) => {
        try {
          listener(event)?.catch(reportError);
        } catch (error) {
          reportError(error);
        }
      };
      for (const type of wanted) emitter.on(type, settled);
      return () => wanted.forEach((type) => emitter.off(type, settled));
    },
    listenersTo: (type) => emitter.listenerCount(type),
    emit(event) {
      for (const listener of emitter.listeners(event.type)) listener(event);
    },
  };
}
