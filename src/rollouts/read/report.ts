// What reading rollouts has found out besides the trajectories.
import type { Header, RolloutFormat } from '../format.ts';
import type { Place } from '../trajectory.ts';

/** A line that was left out. */
export interface SkippedLine {
  readonly place: Place;
  /** What is wrong with it, its place included. */
  readonly message: string;
}

/** What is known after the lines that were read so far; it grows while one reads. */
export interface ReadReport {
  /** Undefined before the first line that says it. */
  readonly format: RolloutFormat | undefined;
  /** What the file says once for all trajectories; undefined where it says nothing. */
  readonly header: Header | undefined;
  /** Lines, or rows, that hold something other than a header. */
  readonly lines: number;
  readonly trajectories: number;
  /** Lines left out because they are wrong. */
  readonly skipped: number;
  /** Rows left out because the file before has them at its end. */
  readonly repeated: number;
  /** The first left-out lines, a few. */
  readonly firstSkipped: readonly SkippedLine[];
}
