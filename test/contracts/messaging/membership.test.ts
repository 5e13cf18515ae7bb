import { expect, test } from 'vitest';
import { Membership } from '#events/messaging/relay/membership';

const names = (what: string, count: number) => Array.from({ length: count }, (_, at) => `${what}-${at}`);

/** Who has which lane, as each process itself sees it. */
function shares(members: readonly string[], lanes: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    members.map((self) => {
      const membership = new Membership(self);
      membership.update(members.toReversed(), lanes);
      return [self, lanes.filter((id) => membership.isMine({ id }))];
    }),
  );
}

const ownersOf = (shared: ReadonlyMap<string, readonly string[]>) =>
  new Map([...shared].flatMap(([member, lanes]) => lanes.map((lane) => [lane, member])));

test('every lane has exactly one process, and no process has two lanes more than another', () => {
  for (let members = 1; members <= 7; members += 1) {
    for (let lanes = 0; lanes <= 30; lanes += 1) {
      const shared = shares(names('process', members), names('lane', lanes));
      expect([...shared.values()].flat().toSorted()).toEqual(names('lane', lanes).toSorted());
      const counts = [...shared.values()].map(({ length }) => length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  }
});

test('when a process goes, most lanes of the others stay where they are', () => {
  const lanes = names('lane', 24);
  const before = ownersOf(shares(names('process', 4), lanes));
  const after = ownersOf(shares(names('process', 3), lanes));
  const ofOthers = lanes.filter((lane) => before.get(lane) !== 'process-3');
  expect(ofOthers).toHaveLength(18);
  expect(ofOthers.filter((lane) => before.get(lane) === after.get(lane)).length).toBeGreaterThan(9);
});

test('a lane that is not shared out yet has one process all the same', () => {
  const owners = names('process', 4).filter((self) => {
    const membership = new Membership(self);
    membership.update(names('process', 4), []);
    return membership.isMine({ id: 'new' });
  });
  expect(owners).toHaveLength(1);
});

test.each([
  { members: 1, now: 5_250, rests: [750] },
  { members: 3, now: 6_100, rests: [2_900, 900, 1_900] },
])('each of $members processes has its turn a second after the one before', ({ members, now, rests }) => {
  const turns = names('process', members).map((self) => {
    const membership = new Membership(self);
    membership.update(names('process', members));
    return membership.untilTurn(now, 1_000);
  });
  expect(turns).toEqual(rests);
});

test('a turn that was come to a little early is not had twice', () => {
  expect(new Membership('alone').untilTurn(5_999, 1_000)).toBe(1_001);
});
