import type { Guard } from '../guard.ts';

const READER = 'events/messaging/log/settled-reader.ts';
const SOURCE = 'events/messaging/adapters/postgresql/log/log-source.ts';
const READER_TEST = 'test/contracts/messaging/settled-reader.test.ts';
const RIGHTS = 'test/database/rights.test.ts';
const LOG = 'test/database/log.test.ts';

/** How the log is read: nothing is passed that may still appear, and nothing is guessed. */
export const reading: readonly Guard[] = [
  {
    name: 'gap-rule',
    hazard: 'a sequence gap loses an event',
    promise: 'a gap holds back what stands behind it',
    edits: [
      {
        file: READER,
        snippet: 'const isGap = position > expected && position - 1 > this.#settledThrough;',
        replacement: 'const isGap = false;',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > does not pass a position that its appender may still fill',
    },
  },
  {
    name: 'appenders-awaited',
    hazard: 'a sequence gap loses an event',
    promise: 'a gap is passed only when those who were appending are gone',
    edits: [
      {
        file: READER,
        snippet: 'for (const mark of this.#marks) if (mark.awaited.size === 0) this.#settle(mark.highest);',
        replacement: 'for (const mark of this.#marks) this.#settle(mark.highest);',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > does not pass a position that its appender may still fill',
    },
  },
  {
    name: 'highest-noted-first',
    hazard: 'a sequence gap loses an event',
    promise: 'only what was visible before the appenders were looked for is settled when they are gone',
    edits: [
      {
        file: READER,
        snippet: 'if (mark.awaited.size === 0) this.#settle(mark.highest);',
        replacement: 'if (mark.awaited.size === 0) this.#settle(highest.position);',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > settles no more than was visible before it saw who was appending',
    },
  },
  {
    name: 'end-seen',
    hazard: 'a sequence gap loses an event',
    promise: 'a backlog is read on without a rest where a page ends with rollbacks',
    edits: [
      {
        file: READER,
        snippet: '(rows.length === 0 || sawAllThatWasDrawn)',
        replacement: 'rows.length !== LARGEST_PAGE',
      },
      { file: READER, snippet: 'const sawAllThatWasDrawn = drawn <= after.position + LARGEST_PAGE;', replacement: '' },
      {
        file: READER,
        snippet: 'const { server, drawn } = this.#source;',
        replacement: 'const { server } = this.#source;',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > is not at the end where its page ends with rollbacks and more stands beyond',
    },
  },
  {
    name: 'end-not-awaited-for-ever',
    hazard: 'PostgreSQL restarts',
    promise: 'a relay ends when it is told to, also where it waits for the end of the log',
    edits: [{ file: READER, snippet: 'until.throwIfAborted();', replacement: '' }],
    noticedBy: {
      file: 'test/contracts/messaging/relay.test.ts',
      title: 'a relay that waits for the end of the log, where a new subscriber is to begin, ends when it is told to',
    },
  },
  {
    name: 'marks-bounded',
    hazard: 'a sequence gap loses an event',
    promise: 'a gap that lasts costs no more than a young one',
    edits: [{ file: READER, snippet: 'if (this.#marks.length === MOST_MARKS) this.#marks.pop();', replacement: '' }],
    noticedBy: {
      file: READER_TEST,
      title:
        'the settled reader > asks no more at a time, and remembers no more, the longer a gap lasts, and passes it all the same',
    },
  },
  {
    name: 'hidden-appender-told',
    hazard: 'a sequence gap loses an event',
    promise: 'who holds delivery back is told, also where we may not see what he does',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/operations/status.ts',
        snippet: '(${IS_HIDDEN} or ${IS_NAMELESS} or',
        replacement: '(${IS_NAMELESS} or',
      },
    ],
    noticedBy: {
      file: RIGHTS,
      title:
        'an application that owns its log, and is no superuser, > is told who holds delivery back, though it may not see what another role does',
    },
  },
  {
    name: 'prepared-appender-told',
    hazard: 'a sequence gap loses an event',
    promise: 'a prepared transaction that holds delivery back is told of by its name',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/operations/status.ts',
        snippet: 'p.virtualtransaction = l.virtualtransaction',
        replacement: `l.virtualtransaction = '-1/' || p.transaction`,
      },
      {
        file: 'events/messaging/adapters/postgresql/operations/status.ts',
        snippet: 'select own.virtualtransaction, p.gid, p.prepared',
        replacement: 'select own.virtualtransaction, p.gid, p.prepared, p.transaction',
      },
    ],
    noticedBy: {
      file: 'test/database/status.test.ts',
      title:
        'a prepared transaction that holds delivery back > is told of by its name, and by no other, and how to end it',
    },
  },
  {
    name: 'far-looked-at',
    hazard: 'a sequence gap loses an event',
    promise: 'a fact behind a hole of rollbacks, however large, is read as soon as somebody looks',
    edits: [
      {
        file: SOURCE,
        snippet: `if (!isOnlyTheAnchor || this.#drawn <= from + span) return near;`,
        replacement: `return near;`,
      },
    ],
    noticedBy: {
      file: LOG,
      title:
        'the log > shows at once what stands beyond a hole of rollbacks, however large it is and often nothing was there before',
    },
  },
  {
    name: 'proofs-of-this-server',
    hazard: 'the log goes back',
    promise: 'what was proved about the gaps of one server says nothing about the next',
    edits: [{ file: READER, snippet: 'if (server !== this.#server) this.forgetProofs();', replacement: '' }],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > takes nothing for proven by a server that is gone',
    },
  },
  {
    name: 'page-read-after-probe',
    hazard: 'a sequence gap loses an event',
    promise: 'a gap is a rollback only if a read that was sent after the proof still shows it',
    edits: [
      {
        file: READER,
        snippet: `const settled = rows.slice(0, this.#countSettled(rows)); await this.#attendToGap(rows[settled.length]);`,
        replacement: `await this.#attendToGap(rows[this.#countSettled(rows)]); const settled = rows.slice(0, this.#countSettled(rows));`,
      },
    ],
    noticedBy: { file: READER_TEST, title: 'the settled reader > reads again before it takes a gap for a rollback' },
  },
  {
    name: 'appender-is-seen',
    hazard: 'a sequence gap loses an event',
    promise: 'whoever appends holds the lock that the reader asks about, until the commit has ended',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/log/log-statements.ts',
        snippet: 'insert into messaging.log (${FACT_COLUMNS})',
        replacement: 'insert into messaging.log_0 (${FACT_COLUMNS})',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > shows its reader an appender until the commit has ended' },
  },
  {
    name: 'appender-lock-asked',
    hazard: 'a sequence gap loses an event',
    promise: 'the reader asks for the lock that appenders hold',
    edits: [{ file: SOURCE, snippet: `mode = 'RowExclusiveLock'`, replacement: `mode = 'ExclusiveLock'` }],
    noticedBy: { file: LOG, title: 'the log > shows its reader an appender until the commit has ended' },
  },
  {
    name: 'log-only-appended-to',
    hazard: 'a sequence gap loses an event',
    promise: 'who owns the log may only append to it, by its named columns',
    edits: [
      {
        file: 'migrations/messaging/log/0004_append_only.ts',
        snippet: 'revoke insert, update, delete, truncate on ${schema}.log from current_user;',
        replacement: '',
      },
    ],
    noticedBy: { file: RIGHTS, title: 'an application that owns its log, and is no superuser, > chooses no position' },
  },
  {
    name: 'partition-not-written-to',
    hazard: 'a sequence gap loses an event',
    promise: 'nobody writes to a partition past the log, where no reader would see that somebody appends',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/log/partitions.ts',
        snippet: 'revoke insert, update, delete, truncate on ${name} from current_user',
        replacement: '',
      },
    ],
    noticedBy: {
      file: RIGHTS,
      title: 'an application that owns its log, and is no superuser, > writes to none that was made later',
    },
  },
  {
    name: 'position-not-chosen',
    hazard: 'a sequence gap loses an event',
    promise: 'no appender chooses its position',
    edits: [
      {
        file: 'migrations/messaging/log/0001_create_log.ts',
        snippet: 'position bigint generated always as identity (cache 1)',
        replacement: 'position bigint generated by default as identity (cache 1)',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > lets nobody choose a position' },
  },
  {
    name: 'anchor-id',
    hazard: 'the log goes back',
    promise: 'a read begins with the last row handled, and stops when that is another event',
    edits: [
      {
        file: READER,
        snippet: 'if (first?.position === position && first.id === eventId) return rest;',
        replacement: 'if (first?.position === position) return rest;',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > stops when the row it read last has become another one',
    },
  },
  {
    name: 'anchor-there',
    hazard: 'the log goes back',
    promise: 'a read begins with the last row handled, and stops when that is gone',
    edits: [
      {
        file: READER,
        snippet: 'if (first?.position === position && first.id === eventId) return rest;',
        replacement:
          'if (first?.position !== position) return rows.filter((row) => row.position > position); if (first.id === eventId) return rest;',
      },
    ],
    noticedBy: { file: READER_TEST, title: 'the settled reader > stops when the row it read last is gone' },
  },
  {
    name: 'anchor-behind',
    hazard: 'the log goes back',
    promise: 'a lane that is behind reads on only where it stands on the event it remembers',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/log/read-behind.ts',
        snippet: 'if (!rows[0]!.is_there) throw moved(anchor);',
        replacement: 'if (rows.length >= 0) return;',
      },
    ],
    noticedBy: { file: LOG, title: 'the log > that went back stops a lane that is behind' },
  },
  {
    name: 'frontier-in-the-log',
    hazard: 'the log goes back',
    promise: 'a lane that is behind reads no further than a frontier that the log it reads has come to',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/log/read-behind.ts',
        snippet: '($5::uuid is null or exists (',
        replacement: '($5::uuid is not null or exists (',
      },
    ],
    noticedBy: {
      file: LOG,
      title: 'the log > is not read up to a frontier that is not in it: what is there now may not be settled',
    },
  },
  {
    name: 'page-of-one-server',
    hazard: 'the log goes back',
    promise: 'a lane that takes several pages at once takes those of one server',
    edits: [
      {
        file: 'events/messaging/log/feed.ts',
        snippet: 'other !== server || events.length',
        replacement: 'events.length',
      },
    ],
    noticedBy: {
      file: 'test/contracts/messaging/feed.test.ts',
      title: 'what was read from two servers is not taken at once',
    },
  },
  {
    name: 'proofs-forgotten',
    hazard: 'the log goes back',
    promise: 'what one connection has proved counts for nothing on the next',
    edits: [
      {
        file: READER,
        snippet: 'this.#settledThrough = 0; this.#marks = [];',
        replacement: '',
      },
    ],
    noticedBy: {
      file: READER_TEST,
      title: 'the settled reader > takes nothing for proven by a connection that is lost',
    },
  },
];
