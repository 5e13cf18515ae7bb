import { EventCodec } from './messaging/facts/codec.ts';
import type { EventDeclaration } from './messaging/facts/event.ts';
import * as accounts from './accounts.ts';
import * as billing from './billing.ts';
import * as catalog from './catalog.ts';
import * as checkout from './checkout.ts';
import * as fulfillment from './fulfillment.ts';
import * as notifications from './notifications.ts';

/** Every fact that any context publishes. */
export const publishedLanguage: readonly EventDeclaration[] = [
  accounts,
  billing,
  catalog,
  checkout,
  fulfillment,
  notifications,
].flatMap((context) => Object.values<EventDeclaration>({ ...context }));

/** Decodes any stored fact of the published language. */
export const codec = new EventCodec(publishedLanguage);
