/** A promise that was seen to break. */
export class PromiseBroken extends Error {}
