import type { Lane } from '../../lanes/lane-storage.ts';
import type { LogPosition } from '../../log/log.ts';
import type { StagedTables } from './tables.ts';

/** A lane as memory keeps it. */
export interface LaneRow {
  readonly passed: readonly { readonly to: number; readonly at: Date }[];
  readonly id: string;
  readonly names: readonly string[];
  readonly at: LogPosition;
  readonly pausedBecause: string | null;
}

export const lanesOf = (staged: StagedTables) => staged.shared<LaneRow>('lanes');

export const laneRowOf = (staged: StagedTables, lane: Pick<Lane, 'id'>): LaneRow => lanesOf(staged).get(lane.id)!;
