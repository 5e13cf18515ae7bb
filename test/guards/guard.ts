import type { Hazard } from './hazards.ts';

/** Something in the code without which a promise breaks, the edit that takes it away, and the test that then goes red. */
export interface Guard {
  /** In kebab-case; unique. */
  readonly name: string;
  readonly hazard: Hazard;
  /** What holds while the guard is there. */
  readonly promise: string;
  /** All of them together remove the guard. */
  readonly edits: readonly Edit[];
  readonly noticedBy: TestName;
}

/** A change of one file. The snippet is found wherever it stands, however it is indented, but exactly once. */
export interface Edit {
  readonly file: string;
  readonly snippet: string;
  readonly replacement: string;
}

/** A test as it runs: its file, and its title behind those of its suites, as in `a lane on PostgreSQL > is fenced`. */
export interface TestName {
  readonly file: string;
  readonly title: string;
}
