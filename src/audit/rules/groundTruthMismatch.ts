// ground-truth-mismatch: one prompt is scored against different ground truths.
import { Column, IntegerColumn } from '../columns/column.ts';
import { hashText, promptHash } from '../groups/hash.ts';
import { counted } from '../groups/words.ts';
import { Numbering } from '../numbering.ts';
import type { Rule } from '../rule.ts';
import { rowSpans, SpanList } from '../spans.ts';

/** Trajectories named that had a prompt first. */
const MOST_FIRSTS = 10;

/** Prompts with more than one ground truth. */
export const groundTruthMismatch: Rule = {
  code: 'ground-truth-mismatch',
  severity: 'error',
  sentence:
    'The same prompt is scored against different ground truths, so that at least one of them belongs to another prompt.',
  signature: 'Two trajectories have equal prompts and unequal ground truths.',
  formula: String.raw`q_i=q_j,\quad y_i\ne y_j`,
  advice: 'Check that prompts and ground truths are repeated and shuffled together.',
  threshold:
    'Equality of texts up to blanks at the ends: no noise is involved. Hashes of 53 bits agree by chance with probability 2⁻⁵³ a pair.',
  rate: 0,
  source: 'open-instruct#1484; trl#3098',
  needs: ['groundTruth'],
  watch: ({ memory }) => {
    const prompts = new Numbering(memory);
    // By prompt: the ground truth it was first seen with, and the trajectory.
    const truths = new Column(memory);
    const firsts = new IntegerColumn(memory);
    /** 1 where it was seen with another one. */
    const isMixed = new Column(memory);
    const mismatched = new SpanList();
    /** How many prompts there are of these, and the trajectories that had the first ones first. */
    let several = 0;
    const shown: number[] = [];
    return {
      first(trajectory, i) {
        const truth = trajectory.texts?.groundTruth;
        const hash = promptHash(trajectory);
        if (truth === undefined || hash === undefined) return;
        const own = hashText(truth.trim());
        const prompt = prompts.of(hash.toString(36));
        if (prompt === firsts.length) {
          truths.push(own);
          firsts.push(i);
          isMixed.push(0);
        } else if (truths.at(prompt) !== own) {
          mismatched.add(trajectory);
          if (isMixed.at(prompt) === 1) return;
          isMixed.set(prompt, 1);
          several++;
          if (shown.length < MOST_FIRSTS) shown.push(firsts.at(prompt));
        }
      },
      judge(summary) {
        if (mismatched.count === 0) return [];
        return [
          {
            message: `${counted(several, 'prompt')} of ${prompts.size} come with more than one ground truth; ${counted(mismatched.count, 'trajectory')} have another one than the first of their prompt.`,
            evidence: { prompts: prompts.size, mismatched: several, trajectories: mismatched.count },
            threshold: 0,
            spans: [...rowSpans(summary, shown), ...mismatched.spans],
          },
        ];
      },
    };
  },
};
