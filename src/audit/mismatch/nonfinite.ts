// Numbers of log-probs that are NaN or infinite in the file; a null is a number that is not there.
import type { Trajectory } from '../../rollouts/index.ts';
import type { Watch } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { LOG_PROBS } from './tokens.ts';

/** A token whose number is not finite. */
export interface BadNumber {
  readonly field: string;
  readonly token: number;
}

/** The log-probs that are NaN or infinite at the tokens for which the condition holds. */
export function badNumbers(trajectory: Trajectory, isAsked: (token: number) => boolean): BadNumber[] {
  const names: readonly string[] = LOG_PROBS;
  const logged = (trajectory.nan ?? []).filter(({ field, token }) => names.includes(field) && isAsked(token));
  const infinite: BadNumber[] = [];
  for (const field of LOG_PROBS) {
    for (const [token, value] of trajectory[field]?.entries() ?? []) {
      if (Math.abs(value) === Number.POSITIVE_INFINITY && isAsked(token)) infinite.push({ field, token });
    }
  }
  return [...logged.map(({ field, token }) => ({ field, token })), ...infinite];
}

/** A watch that finds trajectories with such numbers. */
export function nonfiniteWatch(
  find: (trajectory: Trajectory) => readonly BadNumber[],
  describe: (tokens: number, field: string) => string,
): Watch {
  const spans = new SpanList();
  let field = '';
  let trajectories = 0;
  return {
    first(trajectory) {
      const found = find(trajectory);
      if (found.length > 0) trajectories++;
      for (const bad of found) {
        if (spans.count === 0) field = bad.field;
        spans.add(trajectory, bad.token, bad.token + 1);
      }
    },
    judge: () =>
      spans.count === 0
        ? []
        : [
            {
              message: describe(spans.count, field),
              evidence: { tokens: spans.count, trajectories, field },
              threshold: 0,
              spans: spans.spans,
            },
          ],
  };
}
