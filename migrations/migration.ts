/** One step of a schema's history. It touches its own schema only, names it in every identifier, and is never edited once released. */
export interface Migration {
  /** `0001_create_orders`: its place in the order, and what it does. */
  readonly name: string;
  readonly sql: (schema: string) => string;
}
