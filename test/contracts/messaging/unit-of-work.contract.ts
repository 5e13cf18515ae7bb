import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IdempotencyKeyReused, RollbackOnly } from '#events/messaging/units/unit-of-work';
import { ForeignFact, PublishedOutsideUnitOfWork, type Publish } from '#events/messaging/units/outbox';
import { OutsideExecution } from '#events/messaging/units/execution';
import { ElsewhereHappened, NoteTaken } from './desk/note.ts';
import { asUser, notesOf, type OpenPostOffice, type PostOffice } from './post-office.ts';

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

    test('cannot publish after it has ended', async () => {
      let kept: Publish | undefined;
      await asUser(() => office.store.unitOfWork(async ({ publish }) => void (kept = publish)));
      expect(() => asUser(() => kept!(NoteTaken({ topic: 'a', text: 'late' })))).toThrow(PublishedOutsideUnitOfWork);
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

    test('runs once under one idempotency key, and gives the same answer again', async () => {
      const idempotency = { operation: 'desk.takeNote', key: 'k1', fingerprint: 'f1' };
      const take = () =>
        asUser(
          () =>
            office.store.unitOfWork(async ({ notes }) => {
              await notes.add('once');
              return { taken: (await notes.all()).length };
            }),
          { idempotency },
        );
      const answers = await Promise.all([take(), take(), take()]);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await take()).toEqual(answers[0]);
      expect(await notesOf(office)).toEqual(['once']);
    });

    test('refuses another input under a used idempotency key', async () => {
      const idempotency = { operation: 'desk.takeNote', key: 'k1', fingerprint: 'f1' };
      await asUser(() => office.store.unitOfWork(async () => 'first'), { idempotency });
      const other = asUser(() => office.store.unitOfWork(async () => 'second'), {
        idempotency: { ...idempotency, fingerprint: 'f2' },
      });
      await expect(other).rejects.toThrow(IdempotencyKeyReused);
    });

    test('that was rejected may be tried again under its idempotency key', async () => {
      const idempotency = { operation: 'desk.takeNote', key: 'k1', fingerprint: 'f1' };
      const rejected = asUser(
        () =>
          office.store.unitOfWork(async () => {
            throw new Error('no');
          }),
        { idempotency },
      );
      await expect(rejected).rejects.toThrow('no');
      expect(await asUser(() => office.store.unitOfWork(async () => 'yes'), { idempotency })).toBe('yes');
    });

    test('of one tenant sees nothing of another', async () => {
      await noteIn('mine');
      const others = await asUser(() => office.store.reading(({ notes }) => notes.all()), {
        tenantId: 'other' as never,
      });
      expect(others).toEqual([]);
    });
  });
