// std-scope-swapped: advantages are divided by the standard deviation of the batch although that of the group is declared, or the converse.

import { Column } from '../columns/column.ts';
import { Lists } from '../columns/lists.ts';
import { greatestOf, leastOf } from '../groups/extremes.ts';
import { doRewardsDiffer, isStraight, type Line, lineOf, stdOf } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { counted, short } from '../groups/words.ts';
import { inOrderOfBatches } from '../members.ts';
import type { Rule } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';
import { rowSpans } from '../spans.ts';

/** Slopes that differ by less than this are equal: ε of 10⁻⁴ beside a σ of 0.01. */
const MOST_SPREAD = 0.02;
/** Groups whose slopes are less certain than this tell nothing. */
const MOST_ROUNDING = 0.05;
/** A slope below this over σ of the batch is none of a division by it. */
const LEAST_PRODUCT = 0.5;
/** Groups that must tell the two apart. */
const LEAST_GROUPS = 3;

/** The scope that the declared objective divides over. */
function declaredScope(setting: Setting): 'group' | 'batch' | undefined {
  const scope = optionOf(setting, 'stdScope');
  // Each function has a standard deviation of its own there.
  if (setting.chosen?.objective.name === 'gdpo') return undefined;
  if (scope === 'group' || scope === 'batch') return scope;
  return optionOf(setting, 'normalizeByStd') === true ? 'group' : undefined;
}

interface OfGroup {
  readonly members: readonly number[];
  readonly line: Line;
  /** σ + ε of the group. */
  readonly divisor: number;
}

/** Largest over smallest, minus 1, of positive numbers. */
function spread(values: readonly number[]): number {
  return greatestOf(values) / leastOf(values) - 1;
}

/** How far off the slope of a group may be, as a share of it. */
function roundingIn({ line, divisor }: OfGroup): number {
  return (4 * line.tolerance) / (line.slope * divisor);
}

/** The scope that the slopes of a batch show; undefined if they show none or cannot tell. */
function shownScope(all: readonly OfGroup[]): 'group' | 'batch' | undefined {
  const groups = all.filter((group) => roundingIn(group) <= MOST_ROUNDING);
  if (groups.length < LEAST_GROUPS) return undefined;
  const slopes = spread(groups.map(({ line }) => line.slope));
  const products = spread(groups.map(({ line, divisor }) => line.slope * divisor));
  const rounding = greatestOf(groups.map(roundingIn));
  const equal = MOST_SPREAD + rounding;
  if (slopes <= equal && products > 2 * equal) return 'batch';
  return products <= equal && slopes > 2 * equal ? 'group' : undefined;
}

/** Standard deviations of another scope than the declared one. */
export const stdScopeSwapped: Rule = {
  code: 'std-scope-swapped',
  severity: 'error',
  sentence:
    'Advantages are divided by the standard deviation of the batch where that of the group is declared, or the other way round.',
  signature:
    'A/(R − mean) is the same in all groups and about 1/σ of the batch under a declared division by group; or it is 1/σ of each group under a declared division by batch.',
  formula: String.raw`\frac{A_i}{R_i-\bar R_g}=\frac1{\sigma_{\text{batch}}}\quad\text{instead of}\quad\frac1{\sigma_g}`,
  advice:
    'Check over which axis the standard deviation is taken, and whether the trainer gathers the batch of all workers first.',
  threshold:
    'At least three groups with different σ; their slopes agree within 2 % (an ε of 10⁻⁴ beside σ = 0.01) and rounding, while the declared products disagree by twice that. Slopes are exact under either formula, so that there are no false alarms but by rounding.',
  rate: 0,
  material:
    'Slopes within 2 % are equal: the two divisions differ by more in groups that are told apart, and less does not change what is learned.',
  source: 'prime-rl#1188; trl#3992',
  needs: ['objective', 'group', 'reward', 'advantage'],
  silent: (setting) =>
    declaredScope(setting) === undefined
      ? 'the declared objective does not divide by a standard deviation'
      : undefined,
  watch: (setting) => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const known = groupsWith(summary, [logged.reward, logged.advantage], 2);
      const epsilon = Number(optionOf(setting, 'stdEpsilon') ?? 0);
      const declared = declaredScope(setting);
      const rows = new Lists(summary.memory);
      const [slopes, stds] = [new Column(summary.memory), new Column(summary.memory)];
      let batches = 0;
      for (const ofBatch of inOrderOfBatches(summary, known)) {
        const all = ofBatch.map((k) => known.at(k));
        const groups = all.flatMap((members): OfGroup[] => {
          const line = doRewardsDiffer(logged, members) ? lineOf(logged, members) : undefined;
          if (line === undefined || !isStraight(line)) return [];
          return [{ members, line, divisor: stdOf(logged.reward, members, 1) + epsilon }];
        });
        const shown = shownScope(groups);
        if (shown === undefined || shown === declared) continue;
        // A slope of 1 is no division at all, and one far below 1/σ is that of an ε: other matters than a division over the batch.
        const { slope } = groups[0]!.line;
        const product = slope * stdOf(logged.reward, all.flat(), 1);
        const isSwapped =
          shown === 'group' ||
          (product >= LEAST_PRODUCT && Math.abs(slope - 1) > MOST_SPREAD) ||
          Math.abs(product - 1) <= MOST_SPREAD;
        if (!isSwapped) continue;
        batches++;
        for (const { members, line, divisor } of groups) {
          rows.push(members);
          slopes.push(line.slope);
          stds.push(divisor - epsilon);
        }
      }
      if (batches === 0) return [];
      const shown = declared === 'group' ? 'batch' : 'group';
      return [
        {
          message: `In ${counted(batches, 'batch')} A/(R − mean) is ${short(leastOf(slopes))} to ${short(greatestOf(slopes))} in groups whose σ is ${short(leastOf(stds))} to ${short(greatestOf(stds))}: the division is by ${shown}, not by ${declared}.`,
          evidence: {
            batches,
            groups: rows.length,
            leastSlope: leastOf(slopes),
            mostSlope: greatestOf(slopes),
            leastStd: leastOf(stds),
            mostStd: greatestOf(stds),
            shown,
          },
          threshold: MOST_SPREAD,
          spans: rowSpans(summary, rows.members),
        },
      ];
    },
  }),
};
