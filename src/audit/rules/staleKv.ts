// The sampler goes on with keys and values of older weights: its log-probs drift away, most of all where prefixes are shared.
import { BinnedSize } from '../mismatch/binnedSize.ts';
import { ClusteredMean } from '../mismatch/clusteredMeans.ts';
import { ONE_SIDED } from '../mismatch/falseAlarms.ts';
import { risingProbability } from '../mismatch/kendall.ts';
import { addTrained } from '../mismatch/runs.ts';
import { eachCompared } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** The first quarter of a response stands next to the prefix that trajectories share. */
const FIRST = 0.25;
/** The rate at which the order of the steps may look like a trend. */
const TREND = 0.01;

interface StepSum {
  count: number;
  sum: number;
}

/** `stale-kv`. */
export const staleKv: Rule = {
  code: 'stale-kv',
  severity: 'info',
  sentence:
    'The sampler’s cache may hold keys and values of earlier weights: the difference to the trainer grows with the steps and is largest near the prompt.',
  signature:
    '|d| relative to what is usual at its log-prob rises over the steps, and is larger in the first quarter of a response than in the last.',
  formula: String.raw`|d_t|=\big|\log\pi_{\theta_s}(a_t\mid h_t)-\log\mu(a_t\mid \mathrm{KV}_{\theta_{s-k}}(h_{t}))\big|`,
  advice: 'Empty the prefix cache when weights are replaced, and compare |d| before and after.',
  threshold:
    'Null: the order of steps means nothing (Kendall’s test, rate 10⁻²) and places in a response are alike (a normal difference with an error by trajectories, rate 10⁻⁴); both must be rejected.',
  rate: 1e-4,
  material:
    'The first quarter of a response against the last; the trend over steps at a rate of 1 %, since an info is a hint where to look and both must be rejected.',
  source: 'prime-rl#1650; SkyRL#1836',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs'], 'step'],
  watch() {
    const usual = new BinnedSize();
    const steps = new Map<number, StepSum>();
    const difference = new ClusteredMean();
    const spans = new SpanList();
    return {
      first(trajectory) {
        eachCompared(trajectory, (_, a, b) => usual.add(a, b));
      },
      second({ trajectory }) {
        const sizes: number[] = [];
        eachCompared(trajectory, (_, a, b) => sizes.push(usual.relative(a, b)));
        const { step } = trajectory;
        if (step === undefined || sizes.length < 4) return;
        const found = steps.get(step) ?? { count: 0, sum: 0 };
        steps.set(step, found);
        for (const size of sizes) {
          found.count++;
          found.sum += size;
        }
        const quarter = Math.floor(FIRST * sizes.length);
        const sum = (part: readonly number[]): number => part.reduce((total, x) => total + x, 0);
        difference.add((sum(sizes.slice(0, quarter)) - sum(sizes.slice(-quarter))) / quarter);
        difference.end();
        addTrained(spans, trajectory);
      },
      judge() {
        const means = [...steps].sort(([a], [b]) => a - b).map(([, { count, sum }]) => sum / count);
        const { value, error } = difference.estimate();
        const probability = risingProbability(means);
        if (probability > TREND || !(value - ONE_SIDED * error > 0)) return [];
        const [from, to] = [means[0]!, means.at(-1)!];
        return [
          {
            message: `|d| goes from ${from.toFixed(2)} to ${to.toFixed(2)} times its mean over ${means.length} steps, and is larger at the beginning of responses`,
            evidence: { steps: means.length, from, to, probability, beginningOverEnd: value, error },
            threshold: TREND,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
