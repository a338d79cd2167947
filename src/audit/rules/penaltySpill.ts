// penalty-spill: a penalty that was meant for a span of tokens has become the advantage of whole trajectories.
import type { Logged } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { spilled } from '../groups/spilled.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** Different advantages that are shown. */
const SHOWN = 3;

/** The first different advantages of some trajectories. */
function firstValues(rows: Iterable<number>, { advantage }: Logged): number[] {
  const values: number[] = [];
  for (const i of rows) {
    if (values.length === SHOWN) break;
    if (!values.includes(advantage.at(i))) values.push(advantage.at(i));
  }
  return values;
}

/** Whole trajectories with one constant negative advantage. */
export const penaltySpill: Rule = {
  code: 'penalty-spill',
  severity: 'error',
  sentence:
    'A penalty that was meant for some tokens is the advantage of the whole trajectory, or of its siblings.',
  signature:
    'At least two trajectories have one and the same negative advantage on all tokens, which their rewards do not explain, while the rest of their groups lies on a line.',
  formula: String.raw`A_{i,t}=-p\ \ \forall t\quad\text{instead of}\quad A_{i,t}=A_i-\ (A_i+p)\,[t\in\text{span}]`,
  advice:
    'Copy advantages to their full shape before a span is written: an expanded view has one number for the whole row.',
  threshold:
    'Equal to all logged digits in at least two trajectories, each off the line of its group by more than rounding: under a formula of rewards alone this has probability 0.',
  rate: 0,
  material:
    'Nine of ten groups lie on a line without the suspicious members: then rewards explain advantages, and the exceptions are exceptions.',
  source: 'NeMo-RL#2787',
  needs: ['tokens', 'group', 'reward', 'advantage'],
  watch: () => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const { rows, values } = spilled(logged, summary);
      if (rows.count === 0) return [];
      const total = groupsWith(summary, [logged.reward, logged.advantage], 2).members.length;
      const shown = firstValues(rows, logged);
      return [
        {
          message: `${counted(rows.count, 'trajectory')} of ${total} (${percent(rows.count / total)}) have the advantage ${shown.map(short).join(', ')} on all tokens, which their rewards do not explain.`,
          evidence: {
            trajectories: rows.count,
            share: rows.count / total,
            advantage: shown[0]!,
            values,
          },
          threshold: 2,
          spans: rowSpans(summary, rows),
        },
      ];
    },
  }),
};
