import type { Guard } from '../guard.ts';

const CODEC = 'events/messaging/facts/codec.ts';
const ROSTER = 'events/messaging/adapters/postgresql/lanes/lane-roster.ts';
const CONTRACT = 'test/contracts/messaging/postgresql.test.ts';

const old = (title: string) => ({ file: CONTRACT, title: `old and new code on one log on PostgreSQL > ${title}` });
const KEPT = 'old code keeps what is newer than it, spends no attempt on it, holds its key, and lets the others pass';

/** Old and new code beside each other. */
export const evolution: readonly Guard[] = [
  {
    name: 'newer-version-known',
    hazard: 'old and new code on one database',
    promise: 'a version newer than the code is not read as an older one',
    edits: [{ file: CODEC, snippet: 'if (recorded.version > version)', replacement: 'if (recorded.version < 0)' }],
    noticedBy: old(KEPT),
  },
  {
    name: 'unknown-parked',
    hazard: 'old and new code on one database',
    promise: 'what the code does not know yet is set aside, not failed',
    edits: [
      {
        file: 'events/messaging/parking/parking.ts',
        snippet: 'if (!(error instanceof NotYetKnown)) throw new HandlerFailed(event.id, error);',
        replacement:
          'if (event.id !== String(error)) throw new HandlerFailed(event.id, error); if (!(error instanceof NotYetKnown)) return;',
      },
    ],
    noticedBy: old(KEPT),
  },
  {
    name: 'unknown-holds-its-key',
    hazard: 'old and new code on one database',
    promise: 'later events of its key wait for what the code does not know yet',
    edits: [
      {
        file: 'events/messaging/parking/parking.ts',
        snippet: 'for (const later of followers(events, event)) blocked.add(later);',
        replacement: 'void followers;',
      },
    ],
    noticedBy: old('old code holds the key of what is newer than it within one batch, too'),
  },
  {
    name: 'unknown-costs-no-attempt',
    hazard: 'old and new code on one database',
    promise: 'what the code does not know yet has all its attempts before it',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked.ts',
        snippet: 'hasFailed ? 1 : 0,',
        replacement: '1,',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'a lane on PostgreSQL > spends no attempt on an event that the code does not know yet, or that waits behind another',
    },
  },
  {
    name: 'unknown-left-alone',
    hazard: 'old and new code on one database',
    promise: 'nobody tries what their code does not know, and who knows it finds it due',
    edits: [
      {
        file: 'events/messaging/adapters/postgresql/lanes/parked.ts',
        snippet: 'where known.type = ${table}.type and known.version >= ${table}.version)`;',
        replacement: 'where known.type <= ${table}.type or known.version <= ${table}.version or true)`;',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title:
        'a lane on PostgreSQL > leaves an event alone that the code does not know, and offers it to code that does',
    },
  },
  {
    name: 'upcast',
    hazard: 'old and new code on one database',
    promise: 'an older fact is brought to the version that the code knows',
    edits: [{ file: CODEC, snippet: 'data = step(data as never);', replacement: 'void step;' }],
    noticedBy: old('new code reads what old code wrote'),
  },
  {
    name: 'alias-found',
    hazard: 'old and new code on one database',
    promise: 'a renamed subscriber goes on where it stood',
    edits: [
      {
        file: ROSTER,
        snippet: 'candidate.names.some((name) => names.includes(name))',
        replacement: 'candidate.names.includes(subscriber.name)',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > goes on under an alias after a subscriber was renamed, and back',
    },
  },
  {
    name: 'names-learned',
    hazard: 'old and new code on one database',
    promise: 'a lane keeps every name that its subscriber had',
    edits: [
      {
        file: ROSTER,
        snippet:
          'if (!names.every((name) => row.names.includes(name))) unit.sendLast(this.#learnNames(row.id, names));',
        replacement: '',
      },
    ],
    noticedBy: {
      file: CONTRACT,
      title: 'delivery on PostgreSQL > goes on after two renamings, each of which knows only the name before',
    },
  },
];
