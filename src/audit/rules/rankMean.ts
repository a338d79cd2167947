// A mean over ranks of their means, where the mean over the batch was declared.
import { divisorRule } from '../divisorRule.ts';

/** The rule `rank-mean`. */
export const rankMean = divisorRule({
  code: 'rank-mean',
  severity: 'error',
  sentence:
    'Each rank is divided by its own tokens, and averaging gradients over ranks keeps that: a token weighs more on a rank with few of them.',
  signature:
    'Logged weights times the tokens of the rank are constant, and times those of the batch they are not.',
  formula: String.raw`w_t=\frac{A\,r_t}{R\,N_{\text{rank}(i)}}\quad\text{instead of}\quad\frac{A\,r_t}{\sum_rN_r}`,
  advice:
    'Add the number of tokens up over ranks before dividing, and undo the mean that the data-parallel reduction takes.',
  source: 'prime-rl#2562; of metrics trl#6380',
  needs: ['rank'],
});
