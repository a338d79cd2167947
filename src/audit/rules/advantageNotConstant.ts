// advantage-not-constant: an objective that looks at the outcome only has different advantages within a trajectory.
import type { Trajectory } from '../../rollouts/index.ts';
import { precisionOf, roundingOf } from '../groups/precision.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule, Span } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';

/** Spans kept, and different values counted in a trajectory. */
const MOST = 50;

interface Varying {
  readonly span: Span;
  readonly least: number;
  readonly most: number;
  /** The first value, the value at the end, and how many different ones there are, up to MOST. */
  readonly first: number;
  readonly last: number;
  readonly values: number;
}

/** The advantages that are not 0 of tokens with mask 1, if they are not all one number. */
function varying({ advantage, mask, length, place: { file, line } }: Trajectory): Varying | undefined {
  if (!(advantage instanceof Float64Array)) return undefined;
  const values = new Set<number>();
  let [first, last, from, to] = [Number.NaN, Number.NaN, 0, 0];
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < length; t++) {
    const value = advantage[t]!;
    if (mask[t] === 0 || Number.isNaN(value) || value === 0) continue;
    if (Number.isNaN(first)) first = value;
    if (value !== last) from = t;
    last = value;
    to = t + 1;
    least = Math.min(least, value);
    most = Math.max(most, value);
    if (values.size < MOST) values.add(value);
  }
  const precision = precisionOf(values);
  const off = 2 * Math.max(roundingOf(least, precision), roundingOf(most, precision));
  if (!(most - least > off)) return undefined;
  return { span: { file, line, from, to }, least, most, first, last, values: values.size };
}

/** Why an objective gives tokens of one trajectory different advantages; undefined if it does not. */
function reasonOfTokens(setting: Setting): string | undefined {
  const { objective, options } = setting.chosen!;
  if (objective.imitates) return 'the declared objective has no advantages';
  if (objective.traits(options).readsValues) return 'the declared objective has an advantage for each token';
  const isInReward =
    optionOf(setting, 'klPlacement') === 'reward' && Number(optionOf(setting, 'beta') ?? 0) > 0;
  return isInReward ? 'a KL penalty in the reward may give each token its own' : undefined;
}

/** Advantages that vary within a trajectory. */
export const advantageNotConstant: Rule = {
  code: 'advantage-not-constant',
  severity: 'error',
  sentence:
    'Tokens of one trajectory have different advantages, although the declared objective looks at the outcome only.',
  signature:
    'Advantages other than 0 on tokens with mask 1 differ within a trajectory by more than rounding, and are no penalty that spans share.',
  formula: String.raw`A_{i,t}=A_i\ \forall t`,
  advice:
    'Standardise over whole trajectories, not over the slice that a worker holds, and check along which axis advantages are expanded.',
  threshold:
    'Equal up to rounding: under an objective of outcomes there is one number a trajectory, and no noise.',
  rate: 0,
  source: 'slime#2235; OpenRLHF#1250',
  needs: ['objective', 'tokens', 'tokenAdvantages'],
  silent: (setting) => reasonOfTokens(setting),
  watch: () => {
    const found: Varying[] = [];
    let count = 0;
    let all = 0;
    let largest = 0;
    /** The smaller one of two values, and how many trajectories have it: a penalty on spans has the same number everywhere. */
    let penalty = Number.NaN;
    let penalised = 0;
    return {
      first(trajectory) {
        if (trajectory.advantage !== undefined) all++;
        const one = varying(trajectory);
        if (one === undefined) return;
        count++;
        largest = Math.max(largest, one.most - one.least);
        if (penalised === 0) penalty = one.least;
        if (one.values === 2 && one.least === penalty) penalised++;
        if (found.length < MOST) found.push(one);
      },
      judge() {
        const isPenalty = penalised === count && count > 1 && penalty < 0;
        if (count === 0 || isPenalty) return [];
        const [{ first, last, values }] = found as [Varying];
        return [
          {
            message: `${counted(count, 'trajectory')} of ${all} (${percent(count / all)}) have different advantages on their tokens, such as ${short(first)} and ${short(last)}; they differ by up to ${short(largest)}.`,
            evidence: { trajectories: count, share: count / all, largest, first, last, values },
            threshold: 0,
            spans: found.map(({ span }) => span),
          },
        ];
      },
    };
  },
};
