import type { Guard } from '../guard.ts';

const SOURCE = 'events/messaging/adapters/postgresql/log-source.ts';
const LOG = 'test/database/log.test.ts';

/** Connections that are lost, silent, or lead to a standby. */
export const connections: readonly Guard[] = [
  {
    name: 'proofs-forgotten-by-relay',
    hazard: 'the log goes back',
    promise: 'a relay whose read failed forgets what its connection had proved',
    edits: [
      {
        file: 'events/messaging/log-pump.ts',
        snippet: 'this.#reader.forgetProofs(); await this.#of.restAfter(error);',
        replacement: 'await this.#of.restAfter(error);',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/relay.test.ts',
      title: 'a relay > takes nothing for proven by a connection that is lost',
    },
  },
  {
    name: 'standby-refused',
    hazard: 'the log goes back',
    promise: 'the log is never read from a standby',
    edits: [
      {
        file: SOURCE,
        snippet: 'if (!rows[0]!.is_standby) return rows[0]!.server;',
        replacement: 'return rows[0]!.server;',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > is not read from a standby' },
  },
  {
    name: 'standby-noticed',
    hazard: 'the log goes back',
    promise: 'a proof that was made on a standby is none',
    edits: [{ file: SOURCE, snippet: 'if (sighting!.is_standby) throw new LogMoved(ON_A_STANDBY);', replacement: '' }],
    noticedBy: { file: LOG, title: 'the log > proves nothing once its server has become a standby' },
  },
  {
    name: 'reader-reconnects',
    hazard: 'PostgreSQL restarts',
    promise: 'the reader opens another connection after it has lost its own',
    edits: [
      {
        file: SOURCE,
        snippet: 'this.#drop(); this.#isLost = true;',
        replacement: 'this.#isLost = true;',
      },
      {
        file: SOURCE,
        snippet: 'this.#drop(); client.end().catch(this.#options.reportError);',
        replacement: 'client.end().catch(this.#options.reportError);',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > is read on after its connection was lost' },
  },
  {
    name: 'loss-counts-once',
    hazard: 'PostgreSQL restarts',
    promise: 'a connection that tells of its end twice does not take the next one with it',
    edits: [
      {
        file: SOURCE,
        snippet: 'this.#options.reportError(error); if (this.#live !== client) return;',
        replacement: 'this.#options.reportError(error);',
      },
    ],
    noticedBy: {
      file: 'test/database/reader.test.ts',
      title: 'a reader that has another connection already keeps it, when the lost one tells of its end once more',
    },
  },
  {
    name: 'idle-loss-heard',
    hazard: 'the log goes back',
    promise: 'a connection that was lost while it was idle is heard of, so that its proofs are forgotten',
    edits: [{ file: SOURCE, snippet: 'throw new ConnectionLost();', replacement: 'void ConnectionLost;' }],
    noticedBy: {
      file: 'test/database/reader.test.ts',
      title: 'a reader hears that its connection was lost while it was idle, so that it forgets what that had proved',
    },
  },
  {
    name: 'idle-given-up',
    hazard: 'a half-open connection',
    promise: 'where one connection was lost the idle ones are replaced, too',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/pool.ts',
        snippet: 'giveUpIdle(pool); }',
        replacement: 'void giveUpIdle; }',
      },
    ],
    noticedBy: {
      file: 'test/database/transactions.test.ts',
      title: 'the pool gives up what idles when a connection is lost: on a broken line nobody would hear of it',
    },
  },
  {
    name: 'relay-survives',
    hazard: 'PostgreSQL restarts',
    promise: 'a relay goes on after a read that failed',
    edits: [
      {
        file: 'events/messaging/session.ts',
        snippet: 'if (error instanceof LogMoved) throw error; this.#of.observer.disturbed?.({ error });',
        replacement: 'if (Date.now() > 0) throw error; this.#of.observer.disturbed?.({ error });',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/relay.test.ts',
      title: 'a relay > goes on after a read that failed',
    },
  },
  {
    name: 'relay-stops-when-moved',
    hazard: 'the log goes back',
    promise: 'delivery stops and says so when the log is not the one it was',
    edits: [
      {
        file: 'events/messaging/session.ts',
        snippet: 'if (error instanceof LogMoved) throw error; this.#of.observer.disturbed?.({ error });',
        replacement: 'this.#of.observer.disturbed?.({ error });',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/relay.test.ts',
      title: 'a relay > stops, and says so, when the log is not the one it was',
    },
  },
  {
    name: 'idle-appender-ended',
    hazard: 'a sequence gap loses an event',
    promise: 'the server ends an appender that stopped in the middle, and one that waits for a lock for ever',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/pool.ts',
        snippet: 'idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,',
        replacement: '',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > is appended to on connections that the server ends when they stop' },
  },
  {
    name: 'answers-awaited-for-so-long',
    hazard: 'a half-open connection',
    promise: 'a connection that does not answer is given up, and that is nobody’s fault',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/pool.ts',
        snippet: 'query_timeout: ANSWER_TIMEOUT,',
        replacement: '',
      },
    ],
    noticedBy: { file: LOG, title: 'a connection that does not answer any more > is given up as an outage' },
  },
];
