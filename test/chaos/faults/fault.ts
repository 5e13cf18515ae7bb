import type { Stage } from '../stage.ts';

/** Something bad that happens; its strike resolves when it is over. */
export interface Fault {
  readonly name: string;
  strike(stage: Stage): Promise<void>;
}
