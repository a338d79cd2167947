// SFT: maximum likelihood of the tokens, by token or by segment. Rewards, ratios and the reference are not looked at.
import { neg } from '../autodiff/index.ts';
import { choiceOption, type OptionsOf } from '../base/options.ts';
import { COMPONENTS } from '../policy/component.ts';
import { checkBatch, checkLogProb, lastAttempt, type TokenBatch } from './batch.ts';
import { aggregationOptions, coefficients, tokenShares } from './loss/aggregation.ts';
import { isUpdated, trackedLogProb, weightedSum } from './loss/tracked.ts';
import { defineObjective, type TrajectoryNumbers, type TrajectoryScales } from './objective.ts';
import { checkScales } from './pieces.ts';

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

/** Values of the options of `sft`. */
export type SftOptions = OptionsOf<typeof options>;

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

/** The batch without what the options mask out, and a_t of its tokens, 0 on masked-out ones, [T]. */
function counted(given: TokenBatch, { wrongAttempts, segmentWeight }: SftOptions) {
  const batch = wrongAttempts === 'masked' ? maskWrongAttempts(given) : given;
  return { batch, shares: tokenShares(segmentWeight, batch) };
}

type Counted = ReturnType<typeof counted>;

/** L_i = Σ_t a_t, the number of tokens or of segments. */
function numbersOf({ batch: { offsets, reward, group }, shares }: Counted): TrajectoryNumbers {
  const length = new Float64Array(offsets.length - 1);
  for (let i = 0; i < length.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) length[i]! += shares[t]!;
  }
  return { length, reward, group };
}

function scalesOf({ length }: TrajectoryNumbers, options: SftOptions): TrajectoryScales {
  return {
    advantage: new Float64Array(length.length).fill(1),
    coefficient: coefficients(options, length),
  };
}

/** A_i·c_i·a_t of every token, [T]. */
function tokenCoefficients({ batch, shares }: Counted, { advantage, coefficient }: TrajectoryScales) {
  const { offsets } = batch;
  const out = shares.slice();
  for (let i = 0; i < coefficient.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) out[t] = advantage[i]! * (out[t]! * coefficient[i]!);
  }
  return out;
}

/** c_i·a_t of every token of a batch, [T]. */
function ofWhole(one: Counted, options: SftOptions): Float64Array {
  return tokenCoefficients(one, scalesOf(numbersOf(one), options));
}

/** w, 0 on tokens that are not updated; [T]. */
function updated(w: Float64Array, { component }: TokenBatch, { update }: SftOptions): Float64Array {
  return w.map((x, t) => (isUpdated(component[t]!, update) ? x : 0));
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
    const one = counted(given, values);
    return neg(
      weightedSum(trackedLogProb(logProb, one.batch, values.update), ofWhole(one, values), one.batch),
    );
  },

  weights(given, values) {
    checkBatch(given);
    return updated(ofWhole(counted(given, values), values), given, values);
  },

  parts: {
    numbers(some, values) {
      checkBatch(some);
      return numbersOf(counted(some, values));
    },
    scales: scalesOf,
    weights(some, scales, values) {
      checkBatch(some);
      checkScales(scales, some);
      const total = updated(tokenCoefficients(counted(some, values), scales), some, values);
      return { total, policy: total };
    },
  },
});
