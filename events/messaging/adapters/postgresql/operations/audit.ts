import type { FoundLane } from './lane-of.ts';
import type { Statement } from '../transactions/statement.ts';

/** Who did something to the post office by hand, and why. */
export interface Operator {
  readonly actor: string;
  readonly reason: string;
}

/** Every operation on a lane leaves a line in the context it touched, in the same transaction. */
export const auditStatement = (lane: FoundLane, { actor, reason }: Operator, action: string): Statement => ({
  text: `insert into ${lane.context}.operation (actor, action, subscriber, reason) values ($1, $2, $3, $4)`,
  values: [actor, action, lane.names.at(-1), reason],
});

/** What concerns all lanes leaves a line in every context: its subscriber is `*`. */
export const auditOfAll = (context: string, { actor, reason }: Operator, action: string): Statement => ({
  text: `insert into ${context}.operation (actor, action, subscriber, reason) values ($1, $2, '*', $3)`,
  values: [actor, action, reason],
});
