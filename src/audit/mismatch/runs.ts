// Runs of tokens that a condition holds for, as the spans of a finding.
import type { Trajectory } from '../../rollouts/index.ts';
import type { SpanList } from '../spans.ts';

/** Adds the runs of consecutive tokens for which the condition holds. Returns how many tokens there are. */
export function addRuns(spans: SpanList, trajectory: Trajectory, holds: (token: number) => boolean): number {
  let count = 0;
  let from = -1;
  for (let t = 0; t <= trajectory.length; t++) {
    if (t < trajectory.length && holds(t)) {
      count++;
      if (from < 0) from = t;
    } else if (from >= 0) {
      spans.add(trajectory, from, t);
      from = -1;
    }
  }
  return count;
}

/** Adds the tokens of a trajectory from the first to the last that takes part in the loss. */
export function addTrained(spans: SpanList, trajectory: Trajectory): void {
  const from = trajectory.mask.indexOf(1);
  if (from >= 0) spans.add(trajectory, from, trajectory.mask.lastIndexOf(1) + 1);
}
