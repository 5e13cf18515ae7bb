import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CaptureRequest } from '../../../contexts/billing/ports.ts';
import type { SandboxGateway } from '#contexts/billing/adapters/sandbox-gateway';
import { moneyOf } from '#shared-kernel/money';

const NEVER = new AbortController().signal;

export const captureWith = (token: string, amount = '64.78'): CaptureRequest => ({
  idempotencyKey: `capture:${randomUUID()}`,
  token,
  amount: moneyOf(amount, 'USD'),
  reference: 'INV-1',
});

export const describePaymentGateway = (adapter: string, open: () => SandboxGateway) =>
  describe(`the sandbox gateway ${adapter}`, () => {
    const capture = (gateway: SandboxGateway, request: CaptureRequest) => gateway.capture(request, NEVER);
    const entryOf = async (gateway: SandboxGateway, { idempotencyKey }: Pick<CaptureRequest, 'idempotencyKey'>) =>
      (await gateway.readLedger()).find(({ key }) => key === idempotencyKey);

    test('captures with a token it approves of, once per key, however many ask at the same time', async () => {
      const gateway = open();
      const request = captureWith('tok_approve_visa');
      const answers = await Promise.all(Array.from({ length: 20 }, () => capture(gateway, request)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ status: 'captured' });
      expect(await entryOf(gateway, request)).toMatchObject({
        asked: 20,
        outcome: { status: 'captured', amount: request.amount },
      });
    });

    test('declines by token, and says why', async () => {
      const gateway = open();
      expect(await capture(gateway, captureWith('tok_decline'))).toEqual({
        status: 'declined',
        reason: 'insufficient funds',
      });
      expect(await capture(gateway, captureWith('4242'))).toEqual({
        status: 'declined',
        reason: 'unknown payment token',
      });
    });

    test('keeps to the answer it once gave for a key', async () => {
      const gateway = open();
      const request = captureWith('tok_decline');
      const first = await capture(gateway, request);
      expect(await capture(gateway, { ...request, token: 'tok_approve' })).toEqual(first);
    });

    test('may stay silent twice, until nobody waits any more, and then capture', async () => {
      const gateway = open();
      const request = captureWith('tok_timeout');
      for (const call of [1, 2]) {
        const patience = new AbortController();
        const silent = gateway.capture(request, patience.signal);
        patience.abort();
        await expect(silent, `call ${call}`).rejects.toThrow('aborted');
      }
      expect(await entryOf(gateway, request)).toMatchObject({ asked: 2, outcome: null });
      expect(await capture(gateway, request)).toMatchObject({ status: 'captured' });
    });

    test('may fail once, and then capture', async () => {
      const gateway = open();
      const request = captureWith('tok_fail_once');
      await expect(capture(gateway, request)).rejects.toThrow('did not answer');
      expect(await capture(gateway, request)).toMatchObject({ status: 'captured' });
    });

    test('never captures under a key that was voided', async () => {
      const gateway = open();
      const request = captureWith('tok_approve');
      expect(await gateway.voidCapture(request, NEVER)).toEqual({ status: 'void' });
      expect(await capture(gateway, request)).toMatchObject({ status: 'declined' });
      expect(await entryOf(gateway, request)).toMatchObject({ outcome: { status: 'void' } });
    });

    test('tells, when a capture is voided too late, that it was made', async () => {
      const gateway = open();
      const request = captureWith('tok_lost_answer');
      await expect(capture(gateway, request)).rejects.toThrow('did not answer');
      expect(await gateway.voidCapture(request, NEVER)).toMatchObject({ status: 'captured' });
    });

    test('either captures or voids, when both are asked for at the same time', async () => {
      const gateway = open();
      for (const request of Array.from({ length: 20 }, () => captureWith('tok_approve'))) {
        const [captured, voided] = await Promise.all([capture(gateway, request), gateway.voidCapture(request, NEVER)]);
        expect(captured.status === 'captured').toBe(voided.status === 'captured');
      }
    });

    test('refunds what it captured, once per key', async () => {
      const gateway = open();
      const request = captureWith('tok_approve');
      const captured = await capture(gateway, request);
      const captureReference = captured.status === 'captured' ? captured.reference : '';
      const refund = { idempotencyKey: `refund:${randomUUID()}`, captureReference, amount: request.amount };
      const answers = await Promise.all([1, 2, 3].map(() => gateway.refund(refund, NEVER)));
      expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
      expect(await entryOf(gateway, refund)).toMatchObject({
        asked: 3,
        outcome: { status: 'refunded', amount: request.amount, captureReference },
      });
    });

    test('refunds nothing that it did not capture', async () => {
      const gateway = open();
      const refund = { idempotencyKey: 'refund', captureReference: 'cap_none', amount: moneyOf('1', 'USD') };
      await expect(gateway.refund(refund, NEVER)).rejects.toThrow('no such capture');
    });
  });
