// The watch of a rule that is about one cause of differences between trainer and sampler: it speaks where the differences have that cause.
import type { Evidence, Watch } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { type Cause, Mismatch } from './mismatch.ts';
import { addRuns, addTrained } from './runs.ts';
import { eachCompared } from './tokens.ts';

/** What a rule about a cause adds to it. */
export interface CauseParts {
  readonly cause: Cause;
  /** The tokens that a finding points at, by their log-probs; left out: all trained ones. */
  readonly isPart?: (trainer: number, sampler: number) => boolean;
  /** The finding, but for its spans. */
  readonly describe: (mismatch: Mismatch) => Omit<Evidence, 'spans'>;
}

/** A watch for a cause. Few numbers are kept, however many trajectories there are. */
export function causeWatch({ cause, isPart, describe }: CauseParts): Watch {
  const mismatch = new Mismatch();
  const spans = new SpanList();
  return {
    first(trajectory) {
      mismatch.add(trajectory);
      const part = new Set<number>();
      let compared = 0;
      eachCompared(trajectory, (token, trainer, sampler) => {
        compared++;
        if (isPart?.(trainer, sampler)) part.add(token);
      });
      if (isPart !== undefined) addRuns(spans, trajectory, (token) => part.has(token));
      else if (compared > 0) addTrained(spans, trajectory);
    },
    judge: () => (mismatch.cause() === cause ? [{ ...describe(mismatch), spans: spans.spans }] : []),
  };
}
