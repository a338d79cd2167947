// group-misaligned: advantages are those of other groups than the prompts form.
import type { IntegerColumn } from '../columns/column.ts';
import { groupsWith, hasAdvantage, isCentred, loggedOf } from '../groups/logged.ts';
import { GroupPrompts } from '../groups/promptUnits.ts';
import { counted, percent } from '../groups/words.ts';
import { logZeroSumChance } from '../groups/zeroSums.ts';
import { batchesOf } from '../members.ts';
import type { Evidence, Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The rate of false alarms over an input. */
const RATE = 1e-4;

/** Whether runs of a batch consist of whole groups: then groups were merged, and not cut. */
function areWhole({ group }: Summary, batch: readonly number[], size: number): boolean {
  const runOf = new Map<number, number>();
  return batch.every((i, k) => {
    const run = Math.floor(k / size);
    const known = runOf.get(group.at(i));
    runOf.set(group.at(i), run);
    return known === undefined || known === run;
  });
}

/** Batches whose advantages add up to 0 over runs of lines, and not over groups. */
function chunked(summary: Summary): readonly Evidence[] {
  const logged = loggedOf(summary);
  const known = groupsWith(summary, [logged.advantage], 2).filter((members) => hasAdvantage(logged, members));
  const off = known.filter((members) => !isCentred(logged, members));
  if (off.length === 0) return [];
  const isOff = new Uint8Array(summary.steps.length);
  for (const [first] of off) isOff[summary.batch.at(first!)] = 1;
  const batches = batchesOf(summary).filter(([first]) => isOff[summary.batch.at(first!)] === 1);
  const sizes = new Map<number, number>();
  for (const batch of batches) {
    if (!batch.every((i) => Number.isFinite(logged.advantage.at(i)))) return [];
    for (let size = 2; size <= batch.length / 2; size++) {
      if (batch.length % size === 0) sizes.set(size, (sizes.get(size) ?? 0) + 1);
    }
  }
  for (const [size, count] of [...sizes].sort(([a], [b]) => a - b)) {
    if (count < batches.length) continue;
    let chance = Math.log(sizes.size);
    const isEven = batches.every((batch) => {
      for (let from = 0; from < batch.length; from += size) {
        if (!isCentred(logged, batch.slice(from, from + size))) return false;
      }
      chance += (batch.length / size - 1) * logZeroSumChance(logged, batch, size);
      return true;
    });
    if (!isEven || chance > Math.log(RATE) || batches.every((batch) => areWhole(summary, batch, size)))
      continue;
    const share = off.length / known.length;
    return [
      {
        message: `Advantages add up to 0 over every ${size} consecutive lines, but not over ${counted(off.length, 'group')} of ${known.length} (${percent(share)}).`,
        evidence: {
          kind: 'sums',
          chunk: size,
          groups: known.length,
          misaligned: off.length,
          log10Chance: chance / Math.LN10,
        },
        threshold: RATE,
        spans: rowSpans(summary, off.members),
      },
    ];
  }
  return [];
}

/** Advantages over wrong groups. */
export const groupMisaligned: Rule = {
  code: 'group-misaligned',
  severity: 'error',
  sentence:
    'Trajectories are compared with those of other prompts: the groups of the advantages are not those of the prompts.',
  signature:
    'Advantages add up to 0 over runs of consecutive lines but not over groups; or a group holds prompts that are not the beginning of one another.',
  formula: String.raw`\sum_{i=kG}^{(k+1)G-1}A_i=0,\qquad\sum_{i\in g}A_i\ne0`,
  advice:
    'Group by an identifier that travels with the prompt, and not by position, after anything has sorted, filtered or balanced the batch.',
  threshold:
    'Null: lines are in random order. A run then adds up to 0 with a chance that 200 random parts of the batch bound; the product over runs and the sizes that were tried must be below 10⁻⁴. Different prompts in a group are no matter of chance.',
  rate: 1e-4,
  source: 'prime-rl#600',
  needs: ['group'],
  watch: () => {
    let prompts: GroupPrompts;
    let group: IntegerColumn;
    return {
      between(summary) {
        prompts = new GroupPrompts(summary);
        group = summary.group;
      },
      second: ({ trajectory, i }) => prompts.add(trajectory, i, group.at(i)),
      judge(summary) {
        const { count } = prompts;
        const mixed = prompts.mixed(false);
        if (mixed.length === 0) return chunked(summary);
        return [
          {
            message: `${counted(mixed.length, 'group')} of ${count} hold more than one prompt.`,
            evidence: { kind: 'prompts', groups: count, mixed: mixed.length },
            threshold: 0,
            spans: rowSpans(summary, mixed.members),
          },
        ];
      },
    };
  },
};
