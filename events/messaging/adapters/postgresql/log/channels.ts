import { type Queryable, send } from '../transactions/statement.ts';

/** Something was appended to the log of this database. */
export const APPENDED = 'microlith_appended';

/** An operator has changed something by hand. */
export const OPERATED = 'microlith_operated';

const SEPARATOR = ' ';

/** Tells everybody who listens that facts of these types were appended. */
export const notifyAppended = (connection: Queryable, types: readonly string[]): Promise<unknown> =>
  send(connection, {
    name: 'messaging.notify',
    text: `select pg_notify('${APPENDED}', $1)`,
    values: [types.join(SEPARATOR)],
  });

/** The types in a notice; nothing where it does not say, as that of an older process. */
export const typesIn = (payload: string | undefined): readonly string[] | undefined =>
  payload ? payload.split(SEPARATOR) : undefined;
