import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBus } from '#events/messaging/adapters/eventemitter2-bus';
import { UnknownEventType } from '#events/messaging/log/bus';
import type { RecordedEvent } from '#events/messaging/log/log';

const event = { type: 'desk.NoteTaken', position: 1 } as RecordedEvent;

describe('the bus', () => {
  test('brings an event to everybody who wants its type, though one of them throws and another rejects', async () => {
    const errors: unknown[] = [];
    const heard: string[] = [];
    const bus = createBus(['desk.NoteTaken'], (error) => errors.push(error));
    bus.on(['desk.NoteTaken'], () => {
      throw new Error('thrown');
    });
    bus.on(['desk.NoteTaken'], () => Promise.reject(new Error('rejected')));
    bus.on(['desk.NoteTaken'], () => void heard.push('last'));
    expect(() => bus.emit(event)).not.toThrow();
    await setImmediate();
    expect(heard).toEqual(['last']);
    expect(errors).toEqual([new Error('thrown'), new Error('rejected')]);
  });

  test('knows the published types only, and no wildcards', () => {
    const bus = createBus(['desk.NoteTaken'], () => undefined);
    for (const type of ['desk.Unknown', '*', '**', 'a.__proto__', '__proto__', 'constructor']) {
      expect(() => bus.on([type], () => undefined)).toThrow(UnknownEventType);
    }
    expect(Object.prototype).toEqual({});
    expect({}).not.toHaveProperty('_listeners');
  });

  test('stops bringing events to who has left', () => {
    const heard: number[] = [];
    const bus = createBus(['desk.NoteTaken'], () => undefined);
    const leave = bus.on(['desk.NoteTaken'], ({ position }) => void heard.push(position));
    bus.emit(event);
    leave();
    bus.emit(event);
    expect(heard).toEqual([1]);
  });

  test('registers nobody when one of the wanted types is unknown', () => {
    const heard: number[] = [];
    const bus = createBus(['desk.NoteTaken'], () => undefined);
    expect(() => bus.on(['desk.NoteTaken', 'desk.Unknown'], () => void heard.push(1))).toThrow(UnknownEventType);
    bus.emit(event);
    expect(heard).toEqual([]);
  });
});
