/** All that a context may know of the post office. */
export { defineEvent, type DeliveredEvent, type EventOf, type NewEvent } from './facts/event.ts';
export { personal } from './facts/personal.ts';
export { defineSubscriber, type Subscriber } from './lanes/subscriber.ts';
export { type Call, defineExecutor, defineRequest, type Executor, type SendRequest } from './requests/request.ts';
export type { Publish } from './units/outbox.ts';
export type { Schedule } from './units/schedule.ts';
export type { UnitScope } from './units/scope.ts';
export type { ContextStore } from './units/context-store.ts';
