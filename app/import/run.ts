import type { Findings } from './findings.ts';
import type { Backbone } from '../persistence/backbone.ts';
import type { System } from '../system.ts';
import type { Progress } from '../progress.ts';

/** What every step of an import is given. */
export interface Run {
  readonly folder: string;
  readonly system: System;
  readonly backbone: Pick<Backbone, 'findEnd'>;
  readonly findings: Findings;
  readonly progress: Progress;
  /** Aborted when somebody wants the import to stop. */
  readonly stop: AbortSignal;
}

export type OpeningStock = 'as-listed' | 'ample';
