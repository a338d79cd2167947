// kl-token-k2: the sum of k2 over tokens has the right slope on each token and leaves out what a token does to the later ones.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { neededFor, noEstimator, watchEstimator } from '../klEstimator.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

/** The rule. */
export const klTokenK2: Rule = {
  code: 'kl-token-k2',
  severity: 'info',
  sentence:
    'The penalty adds up k2 over tokens: each token is pulled towards the reference, and what it does to the KL of later tokens is left out.',
  signature:
    'The objective has β > 0 with k2 in the loss; or it has k3, and the logged weights are those of k2, which are also those of the corrected k3.',
  formula: String.raw`w_t = -\beta\,\delta_t \quad\text{instead of}\quad -\beta\sum_{s\ge t}\delta_s`,
  advice: 'Put k1 into the reward if the effect on later tokens matters, as it does for decisions.',
  threshold: `Where k2 is declared: none, it is worth knowing. Where it is not: ${CONTEST_THRESHOLD}`,
  rate: 1e-6,
  source: 'arXiv 2506.09477, arXiv 2510.01555, NeMo-RL#2506, NeMo-RL#2958',
  needs: [['refLogProbs', 'samplerLogProbs'], 'objective'],
  alsoNeeds: (setting) => neededFor(setting, 'k2'),
  silent: noEstimator,
  watch: (setting) =>
    watchEstimator(setting, {
      estimator: 'k2',
      severityWhereDeclared: 'info',
      messageWhereDeclared: ({ tokens, shareOfWeight }) =>
        `k2 in the loss has ${percent(shareOfWeight)} of Σ|w| on ${tokens} tokens, without the effect of a token on the KL of later ones`,
      severityWhereTrained: 'info',
      messageWhereTrained:
        'the logged weights are those of k2 in the loss, or of k3 times the ratio π/sg π, which has equal weights',
    }),
};
