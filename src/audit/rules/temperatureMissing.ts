// Trainer and sampler use different temperatures for the log-probs of the same tokens.
import { causeWatch } from '../mismatch/causeWatch.ts';
import { LEAST_SLOPE, temperatureOf } from '../mismatch/temperatureTrace.ts';
import type { Rule } from '../rule.ts';

/** `temperature-missing`. */
export const temperatureMissing: Rule = {
  code: 'temperature-missing',
  severity: 'error',
  sentence:
    'One side divides logits by the temperature and the other one does not, so that every ratio is wrong.',
  signature:
    'd = trainer − sampler log-prob goes up or down with the log-prob, with one sign where tokens are likely and the other where they are not.',
  formula: String.raw`d_t=\log\pi_t\,(1-1/T)+\log\sum_v\pi(v)^{1/T}`,
  advice:
    'Divide the logits by the sampling temperature in the trainer too, or ask the sampler for its processed log-probs.',
  threshold:
    'Null: d has no slope in the mean of both log-probs. The slope, and the two means of opposite signs, are normal with errors by trajectories, rate 10⁻⁴; and |slope| ≥ 0.05, which noise that grows as the probability falls does not reach.',
  rate: 1e-4,
  material:
    'A slope of 0.05, a temperature of 0.95: less changes the log-prob of a token of probability e^{−2} by less than 0.1, the width of sound noise.',
  source: 'trl#4159; open-instruct#1678; NeMo-RL#3392',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'temperature-missing',
      describe(mismatch) {
        const { slope = 0, error = 0, likely = 0, unlikely = 0 } = mismatch.trace() ?? {};
        const { ratio, inverse } = mismatch.numbers();
        // The side that the tokens were drawn from is the one whose probabilities the mean ratio over it is 1 with.
        const isSampler = Math.abs(ratio.value - 1) <= Math.abs(inverse.value - 1);
        const temperature = temperatureOf(isSampler ? slope : -slope);
        const side = isSampler ? 'trainer' : 'sampler';
        return {
          message: `the log-probs of the ${side} look untempered: the difference has slope ${slope.toFixed(3)} ± ${error.toFixed(3)}, as for T ≈ ${temperature.toFixed(2)}`,
          evidence: { slope, error, temperature, side, meanWhereLikely: likely, meanWhereUnlikely: unlikely },
          threshold: LEAST_SLOPE,
        };
      },
    }),
};
