import type { DatabaseAddress } from '#events/messaging/adapters/postgresql/transactions/pool';
import type { Edition, PoisonKind } from '../office/events.ts';

/** What a relay process is told when it is started. */
export interface WorkerOrder {
  readonly database: DatabaseAddress;
  /** By how much its clock is wrong, milliseconds. */
  readonly clockOffset: number;
  readonly edition: Edition;
}

/** What a producing process is told. Each of its clients sends one command after the other. */
export interface ProducerOrder extends WorkerOrder {
  readonly name: string;
  readonly seed: number;
  /** For each client the number of its next command: its last process may not have lived to hear the answer. */
  readonly next: readonly number[];
  /** Tells the commands without a key of one process from those of the next. */
  readonly incarnation: number;
  /** Milliseconds between two commands of a client. */
  readonly pause: number;
  readonly poisons: readonly PoisonKind[];
}

/** What a running process is told. */
export type Telling = Partial<Pick<ProducerOrder, 'clockOffset' | 'pause'>>;

/** What processes say to whoever started them. */
export type Saying =
  | { readonly is: 'ready' }
  /** A command was answered with success. */
  | { readonly is: 'acknowledged'; readonly command: string; readonly client: number; readonly number: number }
  /** Nobody knows whether a command happened: its answer never came. */
  | { readonly is: 'unanswered'; readonly command: string; readonly error: string }
  /** The log is not the one it was: lanes whose effects are gone stop. */
  | { readonly is: 'stopped'; readonly why: string }
  | { readonly is: 'disturbed'; readonly error: string };
