// The factor c_i of a trajectory in words: how the objective adds its tokens up.
import type { ExplainedStep, ExplainedToken } from './explained.ts';
import { numberText as show } from './numberText.ts';

/** The step that gives c_i; the numbers of the batch are those of the page. */
export function coefficientStep({ weighing, weighed, options, i }: ExplainedToken): ExplainedStep {
  const value = weighed.coefficient[i]!;
  const { summary, batches } = weighing;
  const members = batches[summary.batch.at(i)]!;
  const size = members.length;
  const { aggregation, maxLength } = options;
  const common = { symbol: 'c_i', value, meaning: `factor of the trajectory: ${String(aggregation)}` };
  // An objective that counts segments has other lengths; what they are follows from c_i.
  const length = aggregation === 'sequenceMean' ? 1 / (size * value) : 1 / value;
  switch (aggregation) {
    case 'tokenMean':
      return { ...common, formula: '1/Σ_j L_j', numbers: `1/${show(length, 6)}` };
    case 'sequenceMean':
      return { ...common, formula: '1/(B·L_i)', numbers: `1/(${size}·${show(length, 6)})` };
    case 'sequenceSum':
      return { ...common, formula: '1/B', numbers: `1/${size}` };
    case 'constant':
      return { ...common, formula: '1/(B·maxLength)', numbers: `1/(${size}·${String(maxLength)})` };
    default:
      return common;
  }
}
