// loo-std-blowup: an advantage divided by the standard deviation of the other members, which are all equal.
import { IntegerColumn } from '../columns/column.ts';
import { doRewardsDiffer, type Logged } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { counted, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** An advantage per difference of rewards of at least this is a division by an ε or by a rounding error. */
const FACTOR = 1000;

/** The member whose reward differs from all others and whose advantage is a division by nearly nothing; undefined if there is none. */
export function blownUp(logged: Logged, members: readonly number[]): number | undefined {
  const { reward, advantage } = logged;
  if (members.length < 3) return undefined;
  const largest = members.reduce((a, b) => (Math.abs(advantage.at(a)) >= Math.abs(advantage.at(b)) ? a : b));
  const others = members.filter((i) => i !== largest);
  if (doRewardsDiffer(logged, others) || !doRewardsDiffer(logged, members)) return undefined;
  const difference = Math.abs(reward.at(largest) - reward.at(others[0]!));
  const size = Math.abs(advantage.at(largest));
  // A standard deviation that includes the odd one out cannot give more than √(G − 1).
  const possible = Math.sqrt(members.length - 1);
  return size >= FACTOR * difference && size > 10 * possible ? largest : undefined;
}

/** Advantages that a vanishing standard deviation of the others has blown up. */
export const looStdBlowup: Rule = {
  code: 'loo-std-blowup',
  severity: 'error',
  sentence:
    'The advantage of the only trajectory with another reward is divided by the standard deviation of the others, which is 0.',
  signature: 'Rewards such as 1, 0, 0, 0, and the odd one out has |A| of at least 1000 times the difference.',
  formula: String.raw`\operatorname{std}_{j\ne i}R_j = 0 \Rightarrow |A_i| = \frac{|R_i-\operatorname{mean}_{j\ne i}R_j|}{0+\varepsilon}`,
  advice:
    'Divide by the standard deviation of the whole group, or leave the division out with a leave-one-out baseline.',
  threshold:
    '|A| ≥ 1000·|ΔR| and |A| > 10·√(G−1): a standard deviation that includes the odd one out is |ΔR|·√((G−1))/G or more, so that no sound formula reaches this, and no chance is involved; an ε of at most 10⁻³ or the residue of float32 does.',
  rate: 0,
  material:
    '|A| of 1000 times the difference of the rewards: one trajectory then outweighs a whole batch. It is below the 10⁴ of the largest ε in use and the 6·10³ of float32 residues, so that every such division is seen.',
  source: 'NeMo-RL#1518, #1519, #4158, #4161',
  needs: ['group', 'reward', 'advantage'],
  watch: () => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const groups = groupsWith(summary, [logged.reward, logged.advantage], 3);
      const rows = new IntegerColumn(summary.memory);
      let largest = 0;
      for (const members of groups) {
        const odd = blownUp(logged, members);
        if (odd === undefined) continue;
        rows.push(odd);
        largest = Math.max(largest, Math.abs(logged.advantage.at(odd)));
      }
      if (rows.length === 0) return [];
      return [
        {
          message: `In ${counted(rows.length, 'group')} of ${groups.length} the only trajectory with another reward has |A| up to ${short(largest)}.`,
          evidence: { groups: groups.length, blownUp: rows.length, largest },
          threshold: FACTOR,
          spans: rowSpans(summary, rows),
        },
      ];
    },
  }),
};
