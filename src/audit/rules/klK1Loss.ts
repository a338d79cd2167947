// kl-k1-loss: k1 differentiated as a loss pulls every token down alike and ignores the reference.

import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { neededFor, noEstimator, watchEstimator } from '../klEstimator.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

/** The rule. */
export const klK1Loss: Rule = {
  code: 'kl-k1-loss',
  severity: 'warning',
  sentence:
    'The estimator k1 of KL is differentiated as a loss: its slope is 1 on every token, so the reference is ignored and its expected gradient is 0.',
  signature:
    'The objective has β > 0 with k1 in the loss; or it has another estimator, and the logged weights are those of k1.',
  formula: String.raw`\frac{\partial k1_t}{\partial\log\pi_t} = 1,\quad \mathbb E_\pi\,\nabla\log\pi = 0`,
  advice: 'Put k1 into the reward, or take k2 or the corrected k3 in the loss.',
  threshold: `Where k1 is declared: none, it follows from the formula. Where it is not: ${CONTEST_THRESHOLD}`,
  rate: 1e-6,
  source: 'open-instruct#534, arXiv 2506.09477, arXiv 2510.01555',
  needs: [['refLogProbs', 'samplerLogProbs'], 'objective'],
  alsoNeeds: (setting) => neededFor(setting, 'k1'),
  silent: noEstimator,
  watch: (setting) =>
    watchEstimator(setting, {
      estimator: 'k1',
      severityWhereDeclared: 'warning',
      messageWhereDeclared: ({ shareOfWeight, tokens }) =>
        `k1 in the loss pulls all ${tokens} tokens down alike, with ${percent(shareOfWeight)} of Σ|w|, and its expected gradient is 0`,
      severityWhereTrained: 'error',
      messageWhereTrained: 'the logged weights are those of k1 in the loss, which is not declared',
    }),
};
