// gradsplit/rollouts@1 as somebody writes it in Python, field by field; independent of our own writer.
import { lines } from './python.ts';
import type { Truth } from './truth.ts';

const ROLES = ['prompt', 'sample', 'decision', 'tool', 'pad', 'eos'];

/** NaN as null, as a careful writer has it. */
function orNull(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (x) => (Number.isNaN(x) ? null : x));
}

/** The records. */
export function rolloutsRecords(truths: readonly Truth[]): Record<string, unknown>[] {
  return truths.map((t) => ({
    group: t.group,
    tokens: t.tokens,
    ids: t.ids,
    components: Array.from(t.roles, (role) => ROLES[role]),
    mask: t.mask,
    logProbs: orNull(t.logProbs),
    oldLogProbs: orNull(t.oldLogProbs),
    refLogProbs: orNull(t.refLogProbs),
    samplerLogProbs: orNull(t.samplerLogProbs),
    reward: t.rewards,
    correct: t.correct,
    advantage: t.advantage,
    truncated: t.truncated,
    step: t.step,
  }));
}

/** The file, with a header. */
export function rolloutsText(truths: readonly Truth[]): string {
  const header = { format: 'gradsplit/rollouts@1', objective: 'grpo', options: { clipLow: 0.1 } };
  return lines([header, ...rolloutsRecords(truths)]);
}
