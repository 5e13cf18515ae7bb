import { CallTimedOut } from '#events/messaging/requests/outside-call';
import { Fenced, HandlerTimedOut } from '#events/messaging/lanes/failure';
import { PublishedOutsideUnitOfWork } from '#events/messaging/units/outbox';
import { isOfThisWorld } from '../database/failures.ts';
import { Ailing } from '../office/ward.ts';
import { TransactionEnded } from '../storage/client-transaction.ts';

const KINDS = [Ailing, CallTimedOut, Fenced, HandlerTimedOut, PublishedOutsideUnitOfWork, TransactionEnded];

/** Whether an error is one that this world brings about; any other is a defect of the code. */
export function isExpected(error: unknown): boolean {
  let root = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return isOfThisWorld(root) || KINDS.some((kind) => root instanceof kind);
}
