const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** From being placed to being confirmed: stock and payment answer within seconds, or something is wrong. */
export const CONFIRMATION_LIMIT = 30 * MINUTE;

/** From being confirmed to being on its way; after that the customer gets the money back. */
export const DISPATCH_LIMIT = 30 * DAY;
