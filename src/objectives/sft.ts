// SFT: maximum likelihood of the tokens, by token or by segment. Rewards, ratios and the reference are not looked at.
import { neg } from '../autodiff/index.ts';
import { choiceOption, type OptionsOf } from '../base/options.ts';
import { COMPONENTS } from '../policy/component.ts';
import { checkBatch, checkLogProb, lastAttempt, type TokenBatch } from './batch.ts';
import { aggregationOptions, coefficients, tokenShares } from './loss/aggregation.ts';
import { isUpdated, trackedLogProb, weightedSum } from './loss/tracked.ts';
import { defineObjective } from './objective.ts';

const options = {
  segmentWeight: choiceOption(
    ['token', 'segment'],
    'token: every token counts 1; segment: the sample tokens of an attempt together count 1 and its decision counts 1, so that L_i is the number of segments.',
  ),
  wrongAttempts: choiceOption(
    ['inLoss', 'masked'],
    "masked: the sample tokens of all attempts except the trajectory's last are masked out and not counted in L_i.",
  ),
  ...aggregationOptions('tokenMean'),
};

type SftOptions = OptionsOf<typeof options>;

/** The batch without the sample tokens of attempts that were given up. */
function maskWrongAttempts(batch: TokenBatch): TokenBatch {
  const { offsets, attempt, component } = batch;
  const mask = batch.mask.slice();
  for (let i = 0; i + 1 < offsets.length; i++) {
    const last = lastAttempt(batch, i);
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (COMPONENTS[component[t]!] === 'sample' && attempt[t]! < last) mask[t] = 0;
    }
  }
  return { ...batch, mask };
}

/** c_i·a_t of every token, 0 on masked-out ones, with L_i = Σ_t a_t; [T]. */
function tokenCoefficients(
  batch: TokenBatch,
  { aggregation, maxLength, segmentWeight }: SftOptions,
): Float64Array {
  const out = tokenShares(segmentWeight, batch);
  const { offsets } = batch;
  const lengths = new Float64Array(offsets.length - 1);
  for (let i = 0; i < lengths.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) lengths[i]! += out[t]!;
  }
  const c = coefficients(aggregation, lengths, maxLength);
  for (let i = 0; i < lengths.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) out[t]! *= c[i]!;
  }
  return out;
}

/**
 * Supervised fine-tuning: L = −Σ_i c_i·Σ_t m_t·a_t·log π_t with a_t = 1 or 1/|segment of t|, so that w_t = c_i·a_t.
 * Source: maximum likelihood; Fisher, "On the mathematical foundations of theoretical statistics", 1922.
 */
export const sft = defineObjective({
  name: 'sft',
  sentence: 'Every token weighs the same, or every segment; the reward is not looked at.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\,a_t\log\pi_t,\quad a_t=1\text{ or }\frac1{|\text{segment}(t)|}`,
  source: 'maximum likelihood, Fisher 1922, doi 10.1098/rsta.1922.0009',
  options,
  imitates: true,
  traits: ({ update }) => ({ readsLogProbs: false, update }),

  loss(logProb, given, values) {
    checkBatch(given);
    checkLogProb(logProb, given);
    const batch = values.wrongAttempts === 'masked' ? maskWrongAttempts(given) : given;
    return neg(
      weightedSum(trackedLogProb(logProb, batch, values.update), tokenCoefficients(batch, values), batch),
    );
  },

  weights(given, values) {
    checkBatch(given);
    const batch = values.wrongAttempts === 'masked' ? maskWrongAttempts(given) : given;
    const w = tokenCoefficients(batch, values);
    return w.map((x, t) => (isUpdated(batch.component[t]!, values.update) ? x : 0));
  },
});
