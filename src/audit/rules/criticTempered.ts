// A critic's values went through the division by the temperature that only logits are meant for.
import { ClusteredLine } from '../mismatch/clusteredLine.ts';
import { ClusteredMean } from '../mismatch/clusteredMeans.ts';
import { TWO_SIDED } from '../mismatch/falseAlarms.ts';
import { addTrained } from '../mismatch/runs.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** Slopes nearer to 1 do no harm: 5 %. */
const LEAST = 0.05;
/** Temperatures that anybody samples at. */
const COLDEST = 0.2;
const HOTTEST = 2;

/** `critic-tempered`. */
export const criticTempered: Rule = {
  code: 'critic-tempered',
  severity: 'error',
  sentence: 'The critic’s values are divided by the sampling temperature.',
  signature:
    'Returns regress on values with a slope T ≠ 1 and no intercept: the values are right up to a factor.',
  formula: String.raw`\mathbb E[G_t\mid V_t]=T\cdot V_t`,
  advice: 'Divide only logits of the vocabulary by the temperature, not the output of the value head.',
  threshold:
    'Null: E[return | value] = value, or that plus a constant. The slope is normal with an error by trajectories, rate 10⁻⁴; it differs from 1 by 5 % or more and lies in [0.2, 2], and the intercept with two errors explains less than the slope does.',
  rate: 1e-4,
  material:
    'A slope 5 % or more from 1: below that the baseline is off by less than a twentieth of itself, which costs variance and no bias. Temperatures are from 0.2 to 2.',
  source: 'slime#1928',
  needs: ['values', 'returns'],
  watch() {
    const points = new ClusteredLine();
    const level = new ClusteredMean();
    const spans = new SpanList();
    return {
      first(trajectory) {
        const { values, returns, mask } = trajectory;
        if (values === undefined || returns === undefined) return;
        for (const [t, x] of values.entries()) {
          const y = returns[t]!;
          if (mask[t] === 0 || !Number.isFinite(x) || !Number.isFinite(y)) continue;
          points.add(x, y);
          level.add(x);
        }
        points.end();
        level.end();
        addTrained(spans, trajectory);
      },
      judge() {
        const line = points.line();
        if (line === undefined) return [];
        const { slope, intercept } = line;
        const away = Math.abs(slope.value - 1);
        const mean = level.estimate().value;
        const isSlope = away >= LEAST && away >= TWO_SIDED * slope.error;
        const isThroughZero = Math.abs(intercept.value) + 2 * intercept.error <= away * Math.abs(mean);
        if (!isSlope || !isThroughZero || slope.value < COLDEST || slope.value > HOTTEST) return [];
        return [
          {
            message: `returns are ${slope.value.toFixed(3)} ± ${slope.error.toFixed(3)} times the values, with an intercept of ${intercept.value.toFixed(3)}`,
            evidence: { slope: slope.value, error: slope.error, intercept: intercept.value, meanValue: mean },
            threshold: LEAST,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
