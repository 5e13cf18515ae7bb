import { setTimeout } from 'node:timers/promises';
import { isSame } from '#shared-kernel/money';
import type { CaptureAnswer, CaptureRequest, PaymentGateway, RefundRequest, VoidAnswer } from '../../ports.ts';
import type { LedgerEntry, Outcome, SandboxLedger } from './ledger.ts';
import { type Behaviour, behaviourOf } from './tokens.ts';

/** A payment gateway that moves no money. */
export interface SandboxGateway extends PaymentGateway {
  /** Every key it was ever asked under, how often, and how it ended. */
  readLedger(): Promise<readonly LedgerEntry[]>;
}

export interface SandboxSettings {
  readonly ledger: SandboxLedger;
  /** How long a call that is never answered hangs before its connection breaks, milliseconds. */
  readonly hang?: number;
}

/** The gateway failed, or its answer got lost: nobody knows what happened. */
class GatewayUnreachable extends Error {
  constructor() {
    super('the payment gateway did not answer');
    this.name = 'GatewayUnreachable';
  }
}

/** There is no such capture, or it was of another amount. */
class RefundRefused extends Error {
  constructor(captureReference: string) {
    super(`the payment gateway knows no such capture as ${captureReference}`);
    this.name = 'RefundRefused';
  }
}

/** Answers by the token alone, see `tokens.ts`, and keeps its word about keys as long as its ledger lasts. */
export const createSandboxGateway = ({ ledger, hang = 60_000 }: SandboxSettings): SandboxGateway => ({
  async capture(request, signal) {
    const { idempotencyKey } = request;
    const behaviour = behaviourOf(request.token);
    const meant = outcomeOf(behaviour, request);
    if (isSteady(behaviour)) return answerOf(await ledger.askAndSettle(idempotencyKey, meant));
    await misbehave(behaviour, await ledger.ask(idempotencyKey), () => setTimeout(hang, undefined, { signal }));
    const outcome = await ledger.settle(idempotencyKey, meant);
    if (behaviour.losesAnswers) throw new GatewayUnreachable();
    return answerOf(outcome);
  },
  voidCapture: async ({ idempotencyKey }) => endOf(await ledger.settle(idempotencyKey, { status: 'void' })),
  async refund(request) {
    await ledger.ask(request.idempotencyKey);
    await assertCaptured(ledger, request);
    const { idempotencyKey, captureReference, amount } = request;
    const reference = `ref_${idempotencyKey}`;
    await ledger.settle(idempotencyKey, { status: 'refunded', amount, reference, captureReference });
    return { status: 'refunded', reference };
  },
  readLedger: () => ledger.read(),
});

/** Every call is answered, and in the same way. */
const isSteady = ({ silentCalls, failingCalls, losesAnswers }: Behaviour): boolean =>
  !silentCalls && !failingCalls && !losesAnswers;

async function misbehave(
  { silentCalls = 0, failingCalls = 0 }: Behaviour,
  call: number,
  waitInVain: () => Promise<unknown>,
) {
  if (call <= silentCalls) await waitInVain();
  if (call <= Math.max(silentCalls, failingCalls)) throw new GatewayUnreachable();
}

const CAPTURE = 'cap_';

const outcomeOf = ({ declinedBecause }: Behaviour, request: CaptureRequest): Outcome =>
  declinedBecause
    ? { status: 'declined', reason: declinedBecause }
    : {
        status: 'captured',
        amount: request.amount,
        reference: CAPTURE + request.idempotencyKey,
        statement: request.reference,
      };

const answerOf = (outcome: Outcome): CaptureAnswer => {
  const end = endOf(outcome);
  return end.status === 'void' ? { status: 'declined', reason: 'voided' } : end;
};

function endOf(outcome: Outcome): VoidAnswer {
  switch (outcome.status) {
    case 'captured':
      return { status: 'captured', reference: outcome.reference };
    case 'declined':
      return outcome;
    case 'void':
    case 'refunded':
      return { status: 'void' };
  }
}

async function assertCaptured(ledger: SandboxLedger, { captureReference, amount }: RefundRequest): Promise<void> {
  const capture = await ledger.find(captureReference.slice(CAPTURE.length));
  if (capture?.status !== 'captured' || !isSame(capture.amount, amount)) throw new RefundRefused(captureReference);
}
