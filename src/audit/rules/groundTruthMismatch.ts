// ground-truth-mismatch: one prompt is scored against different ground truths.
import { hashText, promptHash } from '../groups/hash.ts';
import { counted } from '../groups/words.ts';
import type { Rule, Span } from '../rule.ts';
import { SpanList } from '../spans.ts';

interface Truth {
  readonly truth: number;
  readonly span: Span;
}

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
  source: 'open-instruct#1484; trl#3098',
  needs: ['groundTruth'],
  watch: () => {
    const known = new Map<number, Truth>();
    const mismatched = new SpanList();
    const prompts = new Set<number>();
    return {
      first(trajectory) {
        const truth = trajectory.texts?.groundTruth;
        const prompt = promptHash(trajectory);
        if (truth === undefined || prompt === undefined) return;
        const own = hashText(truth.trim());
        const seen = known.get(prompt);
        const { file, line } = trajectory.place;
        if (seen === undefined) {
          known.set(prompt, { truth: own, span: { file, line, from: 0, to: trajectory.length } });
        } else if (seen.truth !== own) {
          mismatched.add(trajectory);
          prompts.add(prompt);
        }
      },
      judge() {
        if (mismatched.count === 0) return [];
        const firsts = [...prompts].slice(0, 10).map((prompt) => known.get(prompt)!.span);
        return [
          {
            message: `${counted(prompts.size, 'prompt')} of ${known.size} come with more than one ground truth; ${counted(mismatched.count, 'trajectory')} have another one than the first of their prompt.`,
            evidence: { prompts: known.size, mismatched: prompts.size, trajectories: mismatched.count },
            threshold: 0,
            spans: [...firsts, ...mismatched.spans],
          },
        ];
      },
    };
  },
};
