// budget-overrun: trajectories that are longer than the limit of length.
import { greatestOf } from '../groups/extremes.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** Truncated trajectories that must agree on a limit nobody declares, and the share of them that must. */
const LEAST_ROWS = 5;
const MOST_ROWS = 0.5;

/** The length at which most truncated trajectories end; undefined if they agree on none. */
function shownLimit({ truncated, response, count }: Summary): number | undefined {
  const counts = new Map<number, number>();
  let all = 0;
  for (let i = 0; i < count; i++) {
    if (truncated[i] !== 1) continue;
    all++;
    counts.set(response[i]!, (counts.get(response[i]!) ?? 0) + 1);
  }
  const [limit, rows] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  return rows >= LEAST_ROWS && rows > MOST_ROWS * all ? limit : undefined;
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
    'One token over the limit: a limit is a limit. Without a declared one, at least five truncated trajectories, and more than half of them, end at one length; lengths of a sound sampler are never beyond.',
  set: 'Where no limit is declared: five truncated trajectories, and half of them.',
  source: 'verl#7207; slime#2261',
  needs: ['tokens'],
  alsoNeeds: (setting) => (declaredLimit(setting) === undefined ? ['truncated'] : []),
  watch: (setting) => ({
    judge(summary) {
      const declared = declaredLimit(setting);
      const isDeclared = declared !== undefined;
      const limit = declared ?? shownLimit(summary);
      if (limit === undefined) return [];
      const over = Array.from({ length: summary.count }, (_, i) => i).filter(
        (i) => summary.response[i]! > limit,
      );
      if (over.length === 0) return [];
      const longest = greatestOf(over.map((i) => summary.response[i]!));
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
