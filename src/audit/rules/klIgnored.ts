// kl-ignored: a KL penalty is declared, and the trainer trained without it.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { factorEvidence } from '../factors.ts';
import { formContest } from '../formContest.ts';
import { estimatorOf, KL_ALTERNATIVES, withEstimator, withoutPenalty } from '../klTerms.ts';
import { advantageContest } from '../loggedAdvantage.ts';
import { Reference } from '../reference.ts';
import type { Evidence, Rule } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';
import { type Summary, unscaled } from '../summary.ts';

/** The declared objective without its penalty. */
function unpenalised({ chosen, memory }: Setting): Reference | undefined {
  const parts = chosen?.objective.parts;
  if (chosen === undefined || parts === undefined) return undefined;
  const bare = { ...chosen, options: { ...chosen.options, beta: 0 } };
  return new Reference(bare, parts, 'formula', memory);
}

/** Whether logged advantages are those of the bare reward, where the penalty should be in it. */
function inReward(summary: Summary, bare: Reference): readonly Evidence[] {
  const without = unscaled(summary);
  bare.complete(without);
  const outcome = advantageContest(summary, without.advantage, 1);
  if (!outcome.isAlternative) return [];
  return [
    factorEvidence(summary, outcome, 'the logged advantages are those of the reward without its KL penalty'),
  ];
}

/** The rule. */
export const klIgnored: Rule = {
  code: 'kl-ignored',
  severity: 'error',
  sentence: 'A KL penalty is declared, and what was trained has none.',
  signature:
    'β > 0, and the logged weights are those of β = 0; with the penalty in the reward, the logged advantages are those of the bare reward.',
  formula: String.raw`w_t = c_iA_ir_t \quad\text{instead of}\quad w_t = c_i\,(A_ir_t - \beta k'_t)`,
  advice:
    'Check that the penalty is computed with gradients, that its coefficient reaches the loss, and that the estimator of advantages reads it.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'slime#397, SkyRL#1340, SkyRL#1353',
  needs: [['refLogProbs', 'samplerLogProbs'], 'objective'],
  // The sampler's log-probs are not those of the policy: where that is the reference, the penalty is 0 and theirs is not.
  alsoNeeds: (setting) => [
    ['logProbs', 'oldLogProbs'],
    ...(optionOf(setting, 'klPlacement') === 'reward'
      ? (['advantage', 'refLogProbs'] as const)
      : (['weights'] as const)),
  ],
  silent: (setting) => {
    const beta = optionOf(setting, 'beta');
    return typeof beta === 'number' && beta > 0 ? undefined : 'the objective has no KL penalty';
  },
  watch(setting) {
    if (optionOf(setting, 'klPlacement') === 'reward') {
      const bare = unpenalised(setting);
      return {
        first: (trajectory) => bare?.add(trajectory),
        judge: (summary) => (bare === undefined ? [] : inReward(summary, bare)),
      };
    }
    return formContest(setting, {
      tried: KL_ALTERNATIVES,
      message: 'the logged weights are those without the declared KL penalty',
      form: withoutPenalty,
      rival: (view) => (estimatorOf(setting) === undefined ? undefined : withEstimator(view, setting, 'k1')),
    });
  },
};
