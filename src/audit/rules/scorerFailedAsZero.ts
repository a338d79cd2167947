// scorer-failed-as-zero: a reward of 0 that is no judgement of the answer, but a scorer that failed.
import type { Trajectory } from '../../rollouts/index.ts';
import { IntegerColumn } from '../columns/column.ts';
import { groupsWith } from '../groups/logged.ts';
import { counted, percent } from '../groups/words.ts';
import { batchesOf } from '../members.ts';
import type { Evidence, Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The rate of false alarms over all batches of an input. */
const RATE = 1e-4;
/** What may stand around the answer at the end of a text. */
const AROUND = /[\s.,;:!$*`"')\]}]+$/u;

function bare(text: string): string {
  return text.replace(AROUND, '').trim().toLowerCase();
}

/** Whether the text ends in the ground truth, as a word of its own; undefined if either is missing. */
function endsInTruth({ texts }: Trajectory): boolean | undefined {
  if (texts?.output === undefined || texts.groundTruth === undefined) return undefined;
  const truth = bare(texts.groundTruth);
  if (truth === '') return undefined;
  const output = bare(texts.output.slice(-2 * truth.length - 200));
  if (!output.endsWith(truth)) return false;
  return !/[\p{L}\p{N}.,\-/]$/u.test(output.slice(0, output.length - truth.length));
}

/** Batches without any reward, after or before batches in which that is too improbable to be chance. */
function emptyBatches(summary: Summary): readonly Evidence[] {
  const { reward } = summary;
  const batches = batchesOf(summary).narrowed((i) => Number.isFinite(reward.at(i)), 0);
  const isZero = (members: readonly number[]): boolean => members.every((i) => reward.at(i) === 0);
  const suspicious = batches.filter((members) => members.length > 0 && isZero(members));
  if (suspicious.length === 0 || suspicious.length === batches.length) return [];
  const batchOf = (members: readonly number[]): number => summary.batch.at(members[0]!);
  const isInside = new Uint8Array(batches.length);
  for (const members of suspicious) isInside[batchOf(members)] = 1;
  const groups = groupsWith(summary, [reward], 1);
  // Groups are the independent draws, and where there are none trajectories are. One more than was seen is counted, so that a share of
  // 1 is never certain.
  const units = new Float64Array(batches.length);
  let [others, zeros] = [0, 0];
  const count = (unit: readonly number[]): void => {
    const batch = batchOf(unit);
    units[batch]!++;
    if (isInside[batch] === 1) return;
    others++;
    if (isZero(unit)) zeros++;
  };
  for (const unit of groups) count(unit);
  if (groups.length === 0) for (const i of batches.members) count([i]);
  const share = (zeros + 1) / (others + 1);
  const found = suspicious.filter((members) => share ** units[batchOf(members)]! < RATE / batches.length);
  if (found.length === 0) return [];
  return [
    {
      message: `All rewards of ${counted(found.length, 'batch')} of ${batches.length} are 0, while ${percent(share)} of the groups are in the others.`,
      evidence: { kind: 'batch', batches: found.length, shareOfZeroGroups: share },
      threshold: RATE / batches.length,
      spans: rowSpans(summary, found.members),
    },
  ];
}

/** Rows whose total is 0 though a function that scored is not, beside one that gave null. */
function nullComponents(summary: Summary): readonly Evidence[] {
  const columns = [...summary.rewards.values()];
  const rows = new IntegerColumn(summary.memory);
  for (let i = 0; i < summary.count; i++) {
    const values = columns.map((column) => column.at(i));
    const known = values.filter(Number.isFinite);
    if (summary.reward.at(i) !== 0 || known.length === 0 || known.length === values.length) continue;
    if (known.every((value) => value >= 0) && known.some((value) => value > 0)) rows.push(i);
  }
  if (rows.length === 0) return [];
  return [
    {
      message: `${counted(rows.length, 'trajectory')} have reward 0 where one reward function gave null and another more than 0.`,
      evidence: { kind: 'component', trajectories: rows.length },
      threshold: 0,
      spans: rowSpans(summary, rows),
    },
  ];
}

/** Failures of the scorer that became rewards of 0. */
export const scorerFailedAsZero: Rule = {
  code: 'scorer-failed-as-zero',
  severity: 'warning',
  sentence: 'A scorer that failed or timed out gave 0, which is trained on as a wrong answer.',
  signature:
    'The output ends in the ground truth and the reward is 0, where most such outputs are rewarded; or a whole batch is 0; or the total is 0 beside a reward function that gave null.',
  formula: String.raw`R=0\quad\text{although}\quad y\text{ ends in the ground truth}`,
  advice: 'Let a failed scorer give null, and drop the trajectory.',
  threshold:
    'Texts: more outputs that end in the ground truth are rewarded than are not. Batches: with the share q of groups without reward in the other batches, q^{groups} < 10⁻⁴/batches, groups being independent draws. Null beside a positive number: no noise is involved.',
  rate: 1e-4,
  source: 'verl#5635, #5839; NeMo-RL#2207; prime-rl#3182',
  needs: ['reward'],
  watch: ({ memory }) => {
    const ending = new IntegerColumn(memory);
    return {
      first(trajectory, i) {
        if (endsInTruth(trajectory) === true) ending.push(i);
      },
      judge(summary) {
        const zero = new IntegerColumn(memory);
        let rewarded = 0;
        for (const i of ending) {
          if (summary.reward.at(i) === 0) zero.push(i);
          if (summary.reward.at(i) > 0) rewarded++;
        }
        const found = [...emptyBatches(summary), ...nullComponents(summary)];
        if (zero.length === 0 || rewarded <= zero.length) return found;
        return [
          {
            message: `${counted(zero.length, 'output')} of ${ending.length} that end in the ground truth have reward 0 (${percent(zero.length / ending.length)}).`,
            evidence: { kind: 'text', endingInTruth: ending.length, zero: zero.length, rewarded },
            threshold: 0,
            spans: rowSpans(summary, zero),
          },
          ...found,
        ];
      },
    };
  },
};
