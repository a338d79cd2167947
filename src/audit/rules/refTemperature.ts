// The log-probs of the reference are at another temperature than those of the policy.
import { addTrained } from '../mismatch/runs.ts';
import { LEAST_SLOPE, TemperatureTrace, temperatureOf } from '../mismatch/temperatureTrace.ts';
import { drawingLogProbs, eachCompared, isLogProb } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** Steps at which the policy is still the reference: the first one, whether counted from 0 or from 1. */
const LAST = 1;

/** `ref-temperature`. */
export const refTemperature: Rule = {
  code: 'ref-temperature',
  severity: 'error',
  sentence:
    'The policy’s log-probs are divided by the temperature and the reference’s are not, so that the KL is not 0 where the two are one.',
  signature:
    'At the first step δ = log π − log π_ref goes with the log-prob, with one sign where tokens are likely and the other where they are not; trainer and sampler agree.',
  formula: String.raw`\delta_t=\log\pi_t-\log\pi_{\text{ref},t}=\log\pi_t\,(1-T)+\text{const}`,
  advice: 'Compute the log-probs of reference and teacher at the temperature of the policy.',
  threshold:
    'Null: at steps 0 and 1 δ has no slope. Slope and the two means of opposite signs are normal with errors by trajectories, rate 10⁻⁴; and |slope| ≥ 0.05. Later steps are not looked at, since training itself sharpens a policy.',
  rate: 1e-4,
  material:
    'A slope of 0.05, a temperature of 0.95: less changes the log-prob of a token of probability e^{−2} by less than 0.1.',
  source: 'slime#2085; ms-swift#8427; unsloth-zoo#832; slime#557',
  needs: ['refLogProbs', ['logProbs', 'oldLogProbs'], 'step'],
  watch() {
    const reference = new TemperatureTrace();
    const sampler = new TemperatureTrace();
    const spans = new SpanList();
    return {
      first(trajectory) {
        const { step, mask, refLogProbs } = trajectory;
        const policy = drawingLogProbs(trajectory);
        if (step === undefined || step > LAST || refLogProbs === undefined || policy === undefined) return;
        for (const [t, x] of policy.entries()) {
          const y = refLogProbs[t]!;
          if (mask[t] === 1 && isLogProb(x) && isLogProb(y)) reference.add(x, y);
        }
        eachCompared(trajectory, (_, a, b) => sampler.add(a, b));
        reference.end();
        sampler.end();
        addTrained(spans, trajectory);
      },
      judge() {
        const trace = reference.trace();
        if (trace === undefined || sampler.trace() !== undefined) return [];
        const { slope, error, likely, unlikely } = trace;
        const temperature = temperatureOf(-slope);
        return [
          {
            message: `at the first step log π − log π_ref has slope ${slope.toFixed(3)} ± ${error.toFixed(3)} in the log-prob, as for T ≈ ${temperature.toFixed(2)}`,
            evidence: { slope, error, temperature, meanWhereLikely: likely, meanWhereUnlikely: unlikely },
            threshold: LEAST_SLOPE,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
