// ratio-product: the trainer adds up log-probs before it takes the ratio.
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { trainedWith } from './trained.ts';

/** The trajectory with the product of the ratios up to each token, or of all of them, as the ratio of each token. */
function product(t: Trajectory, isWhole: boolean): Partial<Trajectory> {
  const { logProbs, oldLogProbs, mask } = t;
  let sum = 0;
  const upTo = logProbs!.map((x, k) => {
    if (mask[k] === 1) sum += x - oldLogProbs![k]!;
    return sum;
  });
  return { oldLogProbs: logProbs!.map((x, k) => x - (isWhole ? sum : upTo[k]!)) };
}

const small = { drift: 0.005, lag: 0 };

/** The product over the sequence, for one ratio a token and for the geometric mean. */
export const ratioProduct = trainedWith('ratio-product', 'error', small, {}, (t) => product(t, true));
export const ratioProductOfGspo = trainedWith(
  'ratio-product',
  'error',
  { ...small, objective: 'gspo', options: { clipLow: 0.09, clipHigh: 0.09 } },
  {},
  (t) => product(t, true),
);

/** The product up to each token. */
export const ratioProductUpTo = trainedWith('ratio-product', 'error', small, {}, (t) => product(t, false));
