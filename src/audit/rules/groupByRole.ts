// group-by-role: prompts of several turns are one group because they begin alike.
import type { IntegerColumn } from '../columns/column.ts';
import { Lists } from '../columns/lists.ts';
import { groupsWith, hasAdvantage, isCentred, loggedOf } from '../groups/logged.ts';
import { GroupPrompts, LEVELS, type Prompt } from '../groups/promptUnits.ts';
import { counted, percent } from '../groups/words.ts';
import { logZeroSumChance } from '../groups/zeroSums.ts';
import { inOrderOfBatches } from '../members.ts';
import type { Evidence, Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The rate of false alarms over an input. */
const RATE = 1e-4;

interface Unit {
  readonly members: readonly number[];
  readonly prompt: Prompt;
  readonly isOff: boolean;
}

/** Whether the batch of a trajectory has a group whose advantages do not add up to 0. */
function inOffBatch(summary: Summary): (i: number) => boolean {
  const logged = loggedOf(summary);
  const off = new Uint8Array(summary.steps.length);
  for (const members of groupsWith(summary, [logged.advantage], 1)) {
    if (hasAdvantage(logged, members) && !isCentred(logged, members)) off[summary.batch.at(members[0]!)] = 1;
  }
  return (i) => off[summary.batch.at(i)] === 1;
}

/** Groups whose advantages add up to 0 only together with others that begin alike. */
function merged(summary: Summary, prompts: GroupPrompts): readonly Evidence[] {
  const logged = loggedOf(summary);
  const groupOf = (members: readonly number[]): number => summary.group.at(members[0]!);
  const known = groupsWith(summary, [logged.advantage], 1).filter((members) =>
    prompts.first.has(groupOf(members)),
  );
  const found = new Lists(summary.memory);
  let all = 0;
  for (const ofBatch of inOrderOfBatches(summary, known)) {
    const units = ofBatch.map((k): Unit => {
      const members = known.at(k);
      const isOff = hasAdvantage(logged, members) && !isCentred(logged, members);
      return { members, prompt: prompts.first.of(groupOf(members))!, isOff };
    });
    all += units.length;
    if (!units.some(({ isOff }) => isOff)) continue;
    const batch = units.flatMap(({ members }) => members);
    for (let level = LEVELS.length - 1; level >= 0; level--) {
      const clusters = new Map<number, Unit[]>();
      for (const unit of units) {
        const key = unit.prompt.beginnings[level] ?? unit.prompt.whole;
        const cluster = clusters.get(key);
        if (cluster === undefined) clusters.set(key, [unit]);
        else cluster.push(unit);
      }
      if (clusters.size < 2 || clusters.size === units.length) continue;
      const parts = [...clusters.values()].map((some) => some.flatMap(({ members }) => members));
      if (!parts.every((part) => isCentred(logged, part))) continue;
      const chances = parts.map((part) => logZeroSumChance(logged, batch, part.length)).sort((a, b) => a - b);
      // The last part adds up to 0 by itself if the batch does.
      const chance = chances.slice(1).reduce((sum, x) => sum + x, Math.log(LEVELS.length));
      if (chance > Math.log(RATE)) continue;
      for (const some of clusters.values())
        if (some.length > 1) for (const { members } of some) found.push(members);
      break;
    }
  }
  if (found.length === 0) return [];
  return [
    {
      message: `Advantages of ${counted(found.length, 'prompt')} of ${all} (${percent(found.length / all)}) add up to 0 only together with other prompts that begin alike.`,
      evidence: { kind: 'sums', prompts: all, merged: found.length },
      threshold: RATE,
      spans: rowSpans(summary, found.members),
    },
  ];
}

/** Conversations that were merged by their first turns. */
export const groupByRole: Rule = {
  code: 'group-by-role',
  severity: 'error',
  sentence:
    'The key of a group is the beginning of the prompt up to a role, so that conversations with the same first turn are one group.',
  signature:
    'A group holds prompts that agree further than prompts of different groups do, but not to the end; or advantages add up to 0 only over prompts that begin alike.',
  formula: String.raw`\operatorname{key}(q)=q_{\le\text{first turn}}`,
  advice: 'Use the whole prompt, by its length in tokens, or an identifier, as the key.',
  threshold:
    'Different prompts in a group are no matter of chance. For sums the null is that advantages do not depend on how prompts begin: random parts of the batch of the same sizes add up to 0 with a chance that 200 draws bound; the product over parts and levels must be below 10⁻⁴.',
  rate: 1e-4,
  source: 'NeMo-RL#2176',
  needs: ['group'],
  watch: () => {
    let prompts: GroupPrompts;
    let group: IntegerColumn;
    return {
      between(summary) {
        prompts = new GroupPrompts(summary, inOffBatch(summary));
        group = summary.group;
      },
      second: ({ trajectory, i }) => prompts.add(trajectory, i, group.at(i)),
      judge(summary) {
        const { count, acrossGroups } = prompts;
        const mixed = prompts.mixed(true);
        if (mixed.length === 0) return merged(summary, prompts);
        return [
          {
            message: `${counted(mixed.length, 'group')} of ${count} hold prompts that begin alike and end differently.`,
            evidence: {
              kind: 'prompts',
              groups: count,
              mixed: mixed.length,
              agreementAcrossGroups: acrossGroups,
            },
            threshold: acrossGroups,
            spans: rowSpans(summary, mixed.members),
          },
        ];
      },
    };
  },
};
