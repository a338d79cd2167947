// ground-truth-mismatch: one prompt is scored against different ground truths.
import { Column, IntegerColumn } from '../column.ts';
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
  watch: () => {
    const prompts = new Numbering();
    // By prompt: the ground truth it was first seen with, and the trajectory.
    const truths = new Column();
    const firsts = new IntegerColumn();
    const mismatched = new SpanList();
    const several = new Set<number>();
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
        } else if (truths.at(prompt) !== own) {
          mismatched.add(trajectory);
          several.add(prompt);
        }
      },
      judge(summary) {
        if (mismatched.count === 0) return [];
        const first = firsts.values();
        const shown = [...several].slice(0, MOST_FIRSTS).map((prompt) => first[prompt]!);
        return [
          {
            message: `${counted(several.size, 'prompt')} of ${prompts.size} come with more than one ground truth; ${counted(mismatched.count, 'trajectory')} have another one than the first of their prompt.`,
            evidence: { prompts: prompts.size, mismatched: several.size, trajectories: mismatched.count },
            threshold: 0,
            spans: [...rowSpans(summary, shown), ...mismatched.spans],
          },
        ];
      },
    };
  },
};
