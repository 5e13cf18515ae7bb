/** All that a context may know of the post office. */
export { defineEvent, type DeliveredEvent, type EventOf, type NewEvent } from './event.ts';
export { personal } from './personal.ts';
export { defineSubscriber, type Subscriber } from './subscriber.ts';
export { type Call, defineExecutor, defineRequest, type Executor, type SendRequest } from './request.ts';
export type { Publish } from './outbox.ts';
export type { Schedule } from './schedule.ts';
export type { UnitScope } from './scope.ts';
export type { ContextStore } from './context-store.ts';
