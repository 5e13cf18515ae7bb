import type { Guard } from '../guard.ts';

const SESSION = 'events/messaging/relay/session.ts';
const RELAY_TEST = 'test/contracts/messaging/relay.test.ts';
const SOURCE = 'events/messaging/adapters/postgresql/log/log-source.ts';
const CONNECTION = 'events/messaging/adapters/postgresql/log/reader-connection.ts';
const LOG = 'test/database/log.test.ts';

/** Connections that are lost, silent, or lead to a standby. */
export const connections: readonly Guard[] = [
  {
    name: 'proofs-forgotten-by-relay',
    hazard: 'the log goes back',
    promise: 'a relay whose read failed forgets what its connection had proved',
    edits: [
      {
        file: 'events/messaging/log/log-pump.ts',
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
        file: CONNECTION,
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
        file: CONNECTION,
        snippet: 'this.#drop(); this.#lost = client;',
        replacement: 'this.#lost = client;',
      },
      {
        file: CONNECTION,
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
        file: CONNECTION,
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
    edits: [{ file: CONNECTION, snippet: 'throw new ConnectionLost();', replacement: 'void ConnectionLost;' }],
    noticedBy: {
      file: 'test/database/reader.test.ts',
      title: 'a reader hears that its connection was lost while it was idle, so that it forgets what that had proved',
    },
  },
  {
    name: 'half-opened-is-ended',
    hazard: 'a half-open connection',
    promise: 'a connection on which the reader could not begin is ended, and does not listen for ever',
    edits: [
      {
        file: CONNECTION,
        snippet: 'catch (error) { client.end().catch(this.#options.reportError); throw error;',
        replacement: 'catch (error) { throw error;',
      },
    ],
    noticedBy: {
      file: 'test/database/reader.test.ts',
      title: 'a reader leaves no connection behind on which it could not begin',
    },
  },
  {
    name: 'idle-given-up',
    hazard: 'a half-open connection',
    promise: 'where one connection was lost the idle ones are replaced, too',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/pool.ts',
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
    edits: [{ file: SESSION, snippet: 'await this.#rest.wait(FAILED_REST);', replacement: 'throw error;' }],
    noticedBy: { file: RELAY_TEST, title: 'a relay > goes on after a read that failed' },
  },
  {
    name: 'moved-log-is-told',
    hazard: 'the log goes back',
    promise: 'a process says so when the log is not the one it was',
    edits: [
      {
        file: SESSION,
        snippet: 'if (this.#told !== error.message) observer.logMoved?.({ error });',
        replacement: '',
      },
    ],
    noticedBy: {
      file: RELAY_TEST,
      title: 'a relay > stops a lane, and says so, when what it handled is not in the log any more',
    },
  },
  {
    name: 'moved-log-is-read-on',
    hazard: 'the log goes back',
    promise: 'a log that moved is read on where a lane still has its place, or from its end',
    edits: [
      {
        file: SESSION,
        snippet: 'if (!(error instanceof LogMoved) || !this.#isOpen) return;',
        replacement: 'if (error) return;',
      },
    ],
    noticedBy: { file: RELAY_TEST, title: 'a relay > tells whoever listens live what comes after the log has moved' },
  },
  {
    name: 'lost-lane-stops',
    hazard: 'the log goes back',
    promise: 'a lane whose place is gone stops until a person says where it goes on, and others go on',
    edits: [
      {
        file: 'events/messaging/lanes/lane.ts',
        snippet: 'if (this.#lost) await this.#stop(this.#lost);',
        replacement: 'if (this.#lost) void this.#stop;',
      },
    ],
    noticedBy: {
      file: 'test/database/moved-log.test.ts',
      title: 'a lane whose place is not in the log any more > stops alone, and is put on its way while the relay runs',
    },
  },
  {
    name: 'gone-effects-stop-a-lane',
    hazard: 'the log goes back',
    promise: 'a lane that knows of more than the ledger and the log do stops until a person resumes it',
    edits: [
      {
        file: 'events/messaging/lanes/lane.ts',
        snippet: 'return !hasMovedOn && !(await this.#reader.canReadOnFrom(written));',
        replacement: 'return hasMovedOn && !(await this.#reader.canReadOnFrom(written));',
      },
    ],
    noticedBy: {
      file: 'test/database/failover.test.ts',
      title:
        'after a failover to a standby that lacked the last commits > a lane whose last effects are gone stops until a person resumes it, and no other',
    },
  },
  {
    name: 'idle-appender-ended',
    hazard: 'a sequence gap loses an event',
    promise: 'the server ends an appender that stopped in the middle, and one that waits for a lock for ever',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/transactions/pool.ts',
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
        file: 'events/messaging/adapters/postgresql/transactions/pool.ts',
        snippet: 'query_timeout: ANSWER_TIMEOUT,',
        replacement: '',
      },
    ],
    noticedBy: { file: LOG, title: 'a connection that does not answer any more > is given up as an outage' },
  },
];
