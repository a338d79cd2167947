// budget-overrun: trajectories that are longer than the limit of length.
import { logBinomialTail } from '../groups/tails.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The most frequent length, and how often it occurs. */
function modeOf(counts: ReadonlyMap<number, number>): readonly [length: number, count: number] {
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
}

/** How often lengths occur among the trajectories that were truncated (1), or were not (0), and how many these are. */
function lengthsOf({ truncated, response, count }: Summary, is: 0 | 1) {
  const counts = new Map<number, number>();
  let all = 0;
  for (let i = 0; i < count; i++) {
    if (truncated.at(i) !== is) continue;
    all++;
    counts.set(response.at(i), (counts.get(response.at(i)) ?? 0) + 1);
  }
  return { counts, all };
}

/**
 * The length at which more truncated trajectories end than would if their lengths were like those of the others, of which no one is more
 * frequent than a share p; undefined if they agree on none.
 */
function shownLimit(summary: Summary): number | undefined {
  const [cut, whole] = [lengthsOf(summary, 1), lengthsOf(summary, 0)];
  if (cut.all === 0) return undefined;
  const [limit, agreeing] = modeOf(cut.counts);
  const [, frequent] = modeOf(whole.counts);
  const p = (frequent + 1) / (whole.all + 1);
  const logChance = Math.log(cut.counts.size) + logBinomialTail(agreeing, cut.all, p);
  return logChance <= Math.log(FALSE_ALARMS) ? limit : undefined;
}

/** The declared limit of length. Elsewhere the option has no meaning, and 1 is its default. */
function declaredLimit(setting: Setting): number | undefined {
  const declared = optionOf(setting, 'aggregation') === 'constant' ? optionOf(setting, 'maxLength') : 1;
  return typeof declared === 'number' && declared > 1 ? declared : undefined;
}

/** Lengths beyond the limit. */
export const budgetOverrun: Rule = {
  code: 'budget-overrun',
  severity: 'warning',
  sentence:
    'Trajectories are longer than the limit of length, as after a resumed rollout whose budget began anew.',
  signature: 'Lengths exceed the declared maximum, or the length at which most truncated trajectories end.',
  formula: String.raw`L_i>L_{\max}`,
  advice: 'Subtract what is already there from the budget when a rollout is resumed, and cut what is over.',
  threshold:
    'One token over the limit: a limit is a limit. Without a declared one it is the length at which k of n truncated trajectories end. Null: their lengths are like those of the others, no one of which has more than the share p that the most frequent one has (one more counted); Chernoff’s bound e^{−n·KL(k/n‖p)}, times the lengths that occur, must be below 10⁻⁴.',
  rate: 1e-4,
  source: 'verl#7207; slime#2261',
  needs: ['tokens'],
  alsoNeeds: (setting) => (declaredLimit(setting) === undefined ? ['truncated'] : []),
  watch: (setting) => ({
    judge(summary) {
      const declared = declaredLimit(setting);
      const isDeclared = declared !== undefined;
      const limit = declared ?? shownLimit(summary);
      if (limit === undefined) return [];
      const over = summary.response.where((length) => length > limit);
      if (over.length === 0) return [];
      let longest = 0;
      for (const i of over) longest = Math.max(longest, summary.response.at(i));
      return [
        {
          message: `${counted(over.length, 'trajectory')} of ${summary.count} (${percent(over.length / summary.count)}) are longer than the ${isDeclared ? 'declared' : 'usual'} limit of ${short(limit)} tokens, up to ${longest}.`,
          evidence: { limit, declared: isDeclared, trajectories: over.length, longest },
          threshold: limit,
          spans: rowSpans(summary, over),
        },
      ];
    },
  }),
};
