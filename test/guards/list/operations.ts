import type { Guard } from '../guard.ts';

const OPERATIONS = 'events/messaging/adapters/postgresql/operations';
const ROSTER = 'events/messaging/adapters/postgresql/lane-roster.ts';
const HAZARD = 'a command of an operator loses or repeats something';

const retiring = (title: string) => ({
  file: 'test/database/retiring.test.ts',
  title: `a lane that is retired > ${title}`,
});

/** What operators do by hand breaks no promise. */
export const operations: readonly Guard[] = [
  {
    name: 'retired-lane-found',
    hazard: HAZARD,
    promise: 'code that still has, or has again, the subscriber of a retired lane begins no new one',
    edits: [{ file: ROSTER, snippet: `isInForce(this.#schema, 'l')`, replacement: `'l.retired_at is null'` }],
    noticedBy: retiring('rests where old code comes back, and asks for a person'),
  },
  {
    name: 'closing-row',
    hazard: HAZARD,
    promise: 'nobody moves a lane on that was retired or replaced',
    edits: [
      {
        file: `${OPERATIONS}/lane-succession.ts`,
        snippet: `select $1, to_position, to_position, to_id from \${newestLedgerRowOf(context, '$1')} newest`,
        replacement: `select $1, to_position, to_position, to_id from \${newestLedgerRowOf(context, '$1')} newest where false`,
      },
    ],
    noticedBy: retiring('fences whoever works it without having looked'),
  },
  {
    name: 'parked-carried-over',
    hazard: HAZARD,
    promise: 'what is parked on a lane moves with it',
    edits: [
      {
        file: `${OPERATIONS}/lane-succession.ts`,
        snippet: 'update ${context}.parked set lane_id = $2 where lane_id = $1',
        replacement: 'update ${context}.parked set lane_id = $2 where lane_id = $1 and false',
      },
    ],
    noticedBy: retiring('goes on where it stood when it is resumed, with what is parked on it'),
  },
];
