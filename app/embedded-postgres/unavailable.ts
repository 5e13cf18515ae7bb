/** There is no embedded PostgreSQL to be had here; the message says why and what to do. */
export class EmbeddedPostgresUnavailable extends Error {
  readonly code = 'embedded-postgres.unavailable';

  constructor(reason: string) {
    super(`${reason}\nTo use a PostgreSQL server of your own instead, set DATABASE_URL.`);
    this.name = 'EmbeddedPostgresUnavailable';
  }
}
