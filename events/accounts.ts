import { z } from 'zod';
import { defineEvent, type EventOf, personal } from '#events/messaging';
import { CustomerId } from '#shared-kernel/ids';
import { EmailAddress, LanguageTag, text } from '#shared-kernel/text';

const CustomerProfile = z.object({
  customerId: CustomerId,
  name: personal(text(200)),
  email: personal(EmailAddress),
  language: LanguageTag,
});

/** Somebody became a customer. */
export const CustomerRegistered = defineEvent('accounts.CustomerRegistered', 1, CustomerProfile, { key: 'customerId' });
export type CustomerRegistered = EventOf<typeof CustomerRegistered>;

/** What a customer says of themselves changed; the event carries all of it as it is now. */
export const CustomerProfileChanged = defineEvent('accounts.CustomerProfileChanged', 1, CustomerProfile, {
  key: 'customerId',
});
export type CustomerProfileChanged = EventOf<typeof CustomerProfileChanged>;

/** A customer is to be forgotten: every context removes what it knows of the person. */
export const CustomerErased = defineEvent('accounts.CustomerErased', 1, z.object({ customerId: CustomerId }), {
  key: 'customerId',
});
export type CustomerErased = EventOf<typeof CustomerErased>;
