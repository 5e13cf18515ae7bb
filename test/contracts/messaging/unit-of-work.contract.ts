import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IdempotencyKeyReused } from '#events/messaging/units/idempotency';
import { RollbackOnly } from '#events/messaging/units/unit-of-work';
import { causes } from '#events/messaging/lanes/failure';
import { defineSubscriber } from '#events/messaging/lanes/subscriber';
import { UnitWithinAnother } from '#events/messaging/units/nesting';
import { ForeignFact, PublishedOutsideUnitOfWork } from '#events/messaging/units/outbox';
import { OutsideExecution } from '#events/messaging/units/execution';
import { ChangeInQuery } from '#events/messaging/units/scope';
import { type DeskScope, ElsewhereHappened, NoteTaken } from './desk/note.ts';
import { asUser, notesOf, type OpenPostOffice, type PostOffice, takeNotes } from './post-office.ts';

export const describeUnitOfWork = (adapter: string, open: OpenPostOffice) =>
  describe(`a unit of work ${adapter}`, () => {
    let office: PostOffice;
    beforeEach(async () => void (office = await open()));
    afterEach(() => office[Symbol.asyncDispose]());

    const noteIn = (text: string) => asUser(() => office.store.unitOfWork(({ notes }) => notes.add(text)));

    test('keeps what it saved and what it published, together', async () => {
      await asUser(() =>
        office.store.unitOfWork(async ({ notes, publish }) => {
          await notes.add('kept');
          publish(NoteTaken({ topic: 'a', text: 'kept' }));
        }),
      );
      expect(await notesOf(office)).toEqual(['kept']);
      expect((await office.log()).map(({ type, data }) => [type, JSON.parse(data)])).toEqual([
        ['desk.NoteTaken', { topic: 'a', text: 'kept' }],
      ]);
    });

    test('that fails forgets what it saved and what it published', async () => {
      const failing = asUser(() =>
        office.store.unitOfWork(async ({ notes, publish }) => {
          await notes.add('forgotten');
          publish(NoteTaken({ topic: 'a', text: 'forgotten' }));
          throw new Error('changed my mind');
        }),
      );
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await notesOf(office)).toEqual([]);
      expect(await office.log()).toEqual([]);
    });

    const changes: readonly [what: string, change: (scope: DeskScope) => void][] = [
      ['publish', ({ publish }) => publish(NoteTaken({ topic: 'a', text: 'x' }))],
      ['request', ({ request }) => request({ kind: 'desk.dispatch', id: 'x', key: null, payload: null })],
      ['schedule', ({ schedule }) => schedule.after(0, 'x', NoteTaken({ topic: 'a', text: 'x' }))],
      ['cancel', ({ schedule }) => schedule.cancel('x')],
    ];

    test.each(changes)('cannot %s after it has ended', async (_what, change) => {
      let kept: DeskScope | undefined;
      await asUser(() => office.store.unitOfWork(async (scope) => void (kept = scope)));
      expect(() => asUser(() => change(kept!))).toThrow(PublishedOutsideUnitOfWork);
    });

    test.each(changes)('that only reads cannot %s', async (_what, change) => {
      const query = asUser(() => office.store.reading(async (scope) => change(scope)));
      await expect(query).rejects.toThrow(ChangeInQuery);
      expect(await office.log()).toEqual([]);
      expect(await office.store.dueWork()).toEqual({ requestsIn: null, scheduleIn: null });
    });

    test("cannot publish another context's fact", async () => {
      const foreign = asUser(() => office.store.unitOfWork(async ({ publish }) => publish(ElsewhereHappened({}))));
      await expect(foreign).rejects.toThrow(ForeignFact);
      expect(await office.log()).toEqual([]);
    });

    test('needs somebody on whose behalf it runs', async () => {
      await expect(office.store.unitOfWork(async () => 1)).rejects.toThrow(OutsideExecution);
    });

    test('stamps what it publishes with who, why and for whom', async () => {
      const correlationId = '01890000-0000-7000-8000-000000000001';
      await asUser(
        () => office.store.unitOfWork(async ({ publish }) => publish(NoteTaken({ topic: 'a', text: 'x' }))),
        {
          actor: 'customer:7',
          source: 'desk.takeNote',
          correlationId,
        },
      );
      const [event] = await office.log();
      expect(event).toMatchObject({
        actor: 'customer:7',
        source: 'desk.takeNote',
        correlationId,
        tenantId: 'default',
        key: 'a',
      });
    });

    test('joins the one that is open around it', async () => {
      const outer = asUser(() =>
        office.store.unitOfWork(async ({ notes }) => {
          await notes.add('outer');
          await office.store.unitOfWork((inner) => inner.notes.add('inner'));
          throw new Error('both go');
        }),
      );
      await expect(outer).rejects.toThrow('both go');
      expect(await notesOf(office)).toEqual([]);
    });

    test('does not commit when the failure of an inner one was swallowed', async () => {
      const outer = asUser(() =>
        office.store.unitOfWork(async ({ notes }) => {
          await notes.add('half');
          const inner = office.store.unitOfWork(async () => {
            throw new Error('inner');
          });
          await inner.catch(() => undefined);
        }),
      );
      await expect(outer).rejects.toThrow(RollbackOnly);
      expect(await notesOf(office)).toEqual([]);
    });

    describe('that is begun within another of its context, and is no part of it, is refused:', () => {
      const { command, query } = {
        command: () => office.store.unitOfWork(({ notes }) => notes.add('another')),
        query: () => office.store.reading(({ notes }) => notes.all()),
      };

      test('a query in a command', async () => {
        const outer = asUser(() => office.store.unitOfWork(() => query()));
        await expect(outer).rejects.toThrow(UnitWithinAnother);
        await noteIn('afterwards');
        expect(await notesOf(office)).toEqual(['afterwards']);
      });

      test('a command in a query', async () => {
        await expect(asUser(() => office.store.reading(() => command()))).rejects.toThrow(UnitWithinAnother);
        expect(await notesOf(office)).toEqual([]);
      });

      test.each([
        ['a command', command],
        ['a query', query],
      ])('%s in a handler', async (_what, call) => {
        const failures: unknown[] = [];
        const caller = defineSubscriber<DeskScope>()({
          name: 'desk.callOnNoteTaken',
          on: NoteTaken,
          handle: async () => void (await call()),
        });
        await takeNotes(office, ['a', 'x']);
        await office.relay([caller], { observer: { failed: ({ error }) => void failures.push(error) } }).relayOnce();
        expect([...causes(failures[0])]).toContainEqual(expect.any(UnitWithinAnother));
        expect(await notesOf(office)).toEqual([]);
      });

      test('but not where that is over', async () => {
        let later: Promise<unknown> | undefined;
        await asUser(() =>
          office.store.unitOfWork(async ({ notes }) => {
            await notes.add('first');
            later = setTimeout(100).then(query);
          }),
        );
        expect(await later).toEqual(['first']);
      });
    });

    describe('under an idempotency key', () => {
      const idempotency = { operation: 'desk.takeNote', key: 'k1', fingerprint: 'f1' };
      const forOtherInput = { ...idempotency, fingerprint: 'f2' };
      const run = <Result>(work: (scope: DeskScope) => Promise<Result>, key = idempotency) =>
        asUser(() => office.store.unitOfWork(work), { idempotency: key });

      const takeOnce = async ({ notes }: DeskScope) => {
        if ((await notes.all()).includes('once')) throw new Error('it is there already');
        await notes.add('once');
        return { taken: (await notes.all()).length };
      };

      test('runs once, and gives the same answer again', async () => {
        const take = () =>
          run(async ({ notes }) => {
            await notes.add('once');
            return { taken: (await notes.all()).length };
          });
        const once = { taken: 1 };
        await expect(Promise.all([take(), take(), take()])).resolves.toEqual([once, once, once]);
        await expect(take()).resolves.toEqual(once);
        expect(await notesOf(office)).toEqual(['once']);
      });

      test('gives the answer of its twin where what the twin has changed makes it fail', async () => {
        const once = { taken: 1 };
        const twins = Promise.all([run(takeOnce), run(takeOnce), run(takeOnce)]);
        await expect(twins).resolves.toEqual([once, once, once]);
        await expect(run(takeOnce)).resolves.toEqual(once);
        expect(await notesOf(office)).toEqual(['once']);
      });

      test('gives the answer of its twin, which is still running, also where it would be refused itself', async () => {
        const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>();
        const first = run(async ({ notes }) => {
          await notes.all();
          begin();
          await setTimeout(100);
          return 'taken';
        });
        await hasBegun;
        const second = run(async () => {
          throw new Error('no');
        });
        expect(await Promise.all([first, second])).toEqual(['taken', 'taken']);
      });

      test('is refused for another input', async () => {
        await run(async () => 'first');
        await expect(run(async () => 'second', forOtherInput)).rejects.toThrow(IdempotencyKeyReused);
      });

      test('is refused for another input also where that would fail by itself', async () => {
        await run(takeOnce);
        await expect(run(takeOnce, forOtherInput)).rejects.toThrow(IdempotencyKeyReused);
      });

      test('keeps nothing of what was refused', async () => {
        await run(async () => 'first');
        const refused = run(async ({ notes, publish, request, schedule }) => {
          await notes.add('second');
          publish(NoteTaken({ topic: 'a', text: 'second' }));
          request({ kind: 'desk.dispatch', id: 'second', key: null, payload: null });
          schedule.after(0, 'second', NoteTaken({ topic: 'a', text: 'second, later' }));
        }, forOtherInput);
        await expect(refused).rejects.toThrow(IdempotencyKeyReused);
        expect(await notesOf(office)).toEqual([]);
        expect(await office.log()).toEqual([]);
        expect(await office.store.dueWork()).toEqual({ requestsIn: null, scheduleIn: null });
      });

      test('runs again where it has lost a race to somebody else, and is known from then on', async () => {
        let runs = 0;
        const loseOnce = async ({ notes }: DeskScope) => {
          await notes.add('once');
          if ((runs += 1) === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
          return runs;
        };
        expect([await run(loseOnce), await run(loseOnce)]).toEqual([2, 2]);
        expect(await notesOf(office)).toEqual(['once']);
      });

      test('may be tried again after it was rejected', async () => {
        const rejected = run(async () => {
          throw new Error('no');
        });
        await expect(rejected).rejects.toThrow('no');
        expect(await run(async () => 'yes')).toBe('yes');
      });

      test('is one with those that join it', async () => {
        const take = () =>
          run(async ({ notes }) => {
            await notes.add('outer');
            return office.store.unitOfWork(async (inner) => {
              await inner.notes.add('inner');
              return 'both';
            });
          });
        expect([await take(), await take()]).toEqual(['both', 'both']);
        expect(await notesOf(office)).toEqual(['outer', 'inner']);
      });
    });

    test('of one tenant sees nothing of another', async () => {
      await noteIn('mine');
      const others = await asUser(() => office.store.reading(({ notes }) => notes.all()), {
        tenantId: 'other' as never,
      });
      expect(others).toEqual([]);
    });
  });
