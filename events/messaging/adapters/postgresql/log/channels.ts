import type { PipelinedStatement } from '../transactions/pipeline.ts';
import { type Queryable, send } from '../transactions/statement.ts';

/** Something was appended to the log of this database. */
export const APPENDED = 'microlith_appended';

/** An operator has changed something by hand. */
export const OPERATED = 'microlith_operated';

const SEPARATOR = ' ';
/** Before a relay's name, so that nobody takes it for a type. */
const BY = '@';

/** What a notice says. */
export interface Notice {
  /** The relay of the process that has appended; nothing where it does not say. */
  readonly by?: string | undefined;
  /** Which types; nothing where it does not say, as that of an older process. */
  readonly types?: readonly string[] | undefined;
}

/** Tells everybody who listens that facts were appended. */
export const notifyAppended = (connection: Queryable, notice: Notice): Promise<unknown> =>
  send(connection, noticeStatement(notice));

/** The same, as a statement: never of the transaction that appends, but of one of its own. */
export const noticeStatement = ({ by, types = [] }: Notice): PipelinedStatement => ({
  name: 'messaging.notify',
  text: `select pg_notify('${APPENDED}', $1)`,
  values: [[...(by ? [`${BY}${by}`] : []), ...types].join(SEPARATOR)],
  givesNothing: true,
});

export function readNotice(payload: string | undefined): Notice {
  const words = payload ? payload.split(SEPARATOR) : [];
  const by = words.find((word) => word.startsWith(BY))?.slice(BY.length);
  const types = words.filter((word) => !word.startsWith(BY));
  return { by, types: types.length > 0 ? types : undefined };
}
