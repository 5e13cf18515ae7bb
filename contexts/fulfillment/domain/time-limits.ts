const DAY = 24 * 60 * 60_000;

/** From being on its way to being presumed delivered: no parcel takes longer. */
export const DELIVERY_LIMIT = 60 * DAY;
