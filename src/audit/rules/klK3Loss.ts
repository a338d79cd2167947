// kl-k3-loss: k3 differentiated as a loss is the gradient of the forward KL, which saturates on one side and explodes on the other.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { neededFor, noEstimator, watchEstimator } from '../klEstimator.ts';
import type { Rule } from '../rule.ts';
import { short } from '../words.ts';

/** The rule. */
export const klK3Loss: Rule = {
  code: 'kl-k3-loss',
  severity: 'info',
  sentence:
    'The estimator k3 of KL is differentiated as a loss: its expected gradient is that of the forward KL(π_ref‖π), bounded by β where π is above the reference and exponential where it is below.',
  signature:
    'The objective has β > 0 with k3 in the loss; or it has another estimator, and the logged weights are those of k3.',
  formula: String.raw`w_t = -\beta\,(1 - e^{-\delta_t}),\quad \delta_t = \log\pi_t - \log\pi_{\text{ref},t}`,
  advice:
    'Nothing while δ is small, where k3 and k2 agree; else k2, or k3 times the ratio π/sg π, which have the gradient of KL(π‖π_ref).',
  threshold: `Where k3 is declared: none, it is worth knowing. Where it is not: ${CONTEST_THRESHOLD}`,
  rate: 1e-6,
  source: 'arXiv 2506.09477, arXiv 2510.01555',
  needs: [['refLogProbs', 'samplerLogProbs'], 'objective'],
  alsoNeeds: (setting) => neededFor(setting, 'k3'),
  silent: noEstimator,
  watch: (setting) =>
    watchEstimator(setting, {
      estimator: 'k3',
      severityWhereDeclared: 'info',
      messageWhereDeclared: ({ tokens, saturated, exploded, besideK2 = 1 }) =>
        `k3 in the loss: of ${tokens} tokens, ${saturated} have less than half of the slope of k2 and ${exploded} more than twice; Σ|w_KL| is ${short(besideK2)} times that of k2`,
      severityWhereTrained: 'error',
      messageWhereTrained: 'the logged weights are those of k3 in the loss, which is not declared',
    }),
};
