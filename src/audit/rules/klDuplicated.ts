// kl-duplicated: a reported KL between sampler and trainer has the wrong sign, or stands there twice under two names.
import { leastAgreement, ROUNDING } from '../alternatives.ts';
import { Column, IntegerColumn } from '../columns/column.ts';
import type { Evidence, Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';
import { short } from '../words.ts';

/** Σ of log π_sampler − log π over tokens with mask 1 that have both, its size, and how many there are. */
interface Gap {
  readonly sum: Column;
  readonly size: Column;
  readonly count: Column;
}

/** What a reported number of trajectory i may be, and what rounding is relative to. */
interface Expected {
  readonly mean: (i: number) => number;
  readonly size: (i: number) => number;
}

/** The mean of the gap over the tokens of each trajectory and of its whole batch, [N] each, with what rounding is relative to. */
function means({ sum, size, count }: Gap, { batch, steps }: Summary): readonly Expected[] {
  const [sums, sizes, counts] = [sum, size, count].map((column) => {
    const totals = new Float64Array(steps.length);
    for (let i = 0; i < column.length; i++) totals[batch.at(i)]! += column.at(i);
    return totals;
  }) as [Float64Array, Float64Array, Float64Array];
  return [
    { mean: (i) => sum.at(i) / count.at(i), size: (i) => size.at(i) / count.at(i) },
    {
      mean: (i) => sums[batch.at(i)]! / counts[batch.at(i)]!,
      size: (i) => sizes[batch.at(i)]! / counts[batch.at(i)]!,
    },
  ];
}

/** Whether a column is minus the mean of the gap. */
function wrongSign(
  summary: Summary,
  name: string,
  column: Column,
  { mean, size }: Expected,
  tried: number,
): readonly Evidence[] {
  const indices = new IntegerColumn(summary.memory);
  let [trajectories, right, chance, reported, expected] = [0, 0, 0, 0, 0];
  for (let i = 0; i < column.length; i++) {
    const x = column.at(i);
    const m = mean(i);
    const rounding = ROUNDING * size(i);
    if (!(Math.abs(2 * m) > 8 * rounding) || Number.isNaN(x)) continue;
    trajectories++;
    chance += rounding / Math.abs(m);
    if (Math.abs(x - m) <= rounding) right++;
    if (Math.abs(x + m) > rounding) continue;
    indices.push(i);
    reported += x;
    expected += m;
  }
  const least = leastAgreement(trajectories, chance / trajectories, tried);
  if (trajectories === 0 || indices.length < least) return [];
  const [shown, truth] = [reported / indices.length, expected / indices.length];
  return [
    {
      message: `${name} is log π − log π_sampler, whose mean ${short(shown)} is minus the KL of the sampler from the policy, ${short(truth)}: on ${indices.length} of ${trajectories} trajectories`,
      evidence: {
        column: name,
        trajectories,
        wrong: indices.length,
        right,
        reported: shown,
        expected: truth,
      },
      threshold: least - 1,
      spans: rowSpans(summary, indices),
    },
  ];
}

/** Whether two columns are the same numbers. */
function twice(summary: Summary, [a, x]: readonly [string, Column], [b, y]: readonly [string, Column]) {
  const known = new IntegerColumn(summary.memory);
  let areAllOne = true;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x.at(i) + y.at(i)) || x.at(i) === 0) continue;
    if (x.at(i) !== y.at(i)) return [];
    known.push(i);
    if (x.at(i) !== x.at(known.at(0))) areAllOne = false;
  }
  // Numbers that are equal because they are all the same tell nothing.
  if (known.length < 2 || areAllOne) return [];
  return [
    {
      severity: 'info' as const,
      message: `${a} and ${b} are the same numbers on all ${known.length} trajectories`,
      evidence: { columns: `${a}, ${b}`, trajectories: known.length },
      threshold: 0,
      spans: rowSpans(summary, known),
    },
  ];
}

/** The rule. */
export const klDuplicated: Rule = {
  code: 'kl-duplicated',
  severity: 'warning',
  sentence:
    'A reported KL between the sampler and the policy is the mean of log π − log π_sampler, which has the wrong sign, or is reported twice under two names.',
  signature:
    'A column whose name holds "kl" is minus the mean of log π_sampler − log π over the tokens of the trajectory or of its batch; or two such columns are equal.',
  formula: String.raw`\mathrm{KL}(\pi_{\text{sampler}}\|\pi) = \mathbb E_{\text{sampler}}[\log\pi_{\text{sampler}} - \log\pi] \ge 0`,
  advice: 'Turn the sign of the metric before anything is steered by it.',
  threshold:
    'More than half of the trajectories, and at most 1e-6 by accident for all columns (Chernoff). Null: the column is the KL with the right sign, or any other number of its size.',
  rate: 1e-6,
  source: 'ms-swift#7145, ms-swift#9921',
  needs: ['logProbs', 'samplerLogProbs', 'extras'],
  watch({ memory }) {
    const isKl = (name: string): boolean => /kl/i.test(name);
    const gap: Gap = { sum: new Column(memory), size: new Column(memory), count: new Column(memory) };
    let isAsked = false;
    return {
      between({ extras }) {
        isAsked = [...extras.keys()].some(isKl);
      },
      second({ trajectory: { logProbs, samplerLogProbs, mask, length } }) {
        if (!isAsked) return;
        let [sum, size, count] = [0, 0, 0];
        for (let t = 0; t < length; t++) {
          const x = (samplerLogProbs?.[t] ?? Number.NaN) - (logProbs?.[t] ?? Number.NaN);
          if (mask[t] !== 1 || !Number.isFinite(x)) continue;
          sum += x;
          size += Math.abs(x);
          count++;
        }
        gap.sum.push(sum);
        gap.size.push(size);
        gap.count.push(count);
      },
      judge(summary) {
        const columns = [...summary.extras].filter(([name]) => isKl(name));
        if (columns.length === 0) return [];
        const expected = means(gap, summary);
        const tried = 2 * columns.length;
        const signs = columns.flatMap(
          ([name, column]) =>
            expected.map((of) => wrongSign(summary, name, column, of, tried)).find((out) => out.length > 0) ??
            [],
        );
        const pairs = columns.flatMap((a, k) => columns.slice(k + 1).flatMap((b) => twice(summary, a, b)));
        return [...signs, ...pairs];
      },
    };
  },
};
