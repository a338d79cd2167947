// NeMo-RL's dump: slices of a batch, so with a leading axis of 1; padded on the right; 0.0 where nothing was generated.
import { lines } from './python.ts';
import type { Truth } from './truth.ts';

function padded(values: ArrayLike<number>, width: number): number[][] {
  const row = Array.from(values, (x) => (Number.isNaN(x) ? 0 : x));
  return [[...row, ...new Array<number>(width - row.length).fill(0)]];
}

/** The records of train_data_step{N}.jsonl; samples named in `masked` have sample_loss_mask 0. */
export function nemoRlRecords(
  truths: readonly Truth[],
  masked: readonly number[] = [],
): Record<string, unknown>[] {
  const width = Math.max(...truths.map(({ length }) => length));
  return truths.map((t, i) => ({
    content: [[t.texts.prompt, t.texts.output]],
    rewards: [t.reward],
    input_lengths: [t.length],
    token_ids: padded(t.ids, width),
    token_loss_mask: padded(t.mask, width),
    sample_loss_mask: [masked.includes(i) ? 0 : 1],
    // Broadcast over the whole width, padding included.
    advantages: [new Array<number>(width).fill(t.advantage)],
    generation_logprobs: padded(t.samplerLogProbs, width),
    // The learner scores the prompt too, but for its first token.
    prev_logprobs: padded(
      t.oldLogProbs.map((x, p) => (p === 0 ? 0 : Number.isNaN(x) ? -1.5 : x)),
      width,
    ),
    idx: i,
  }));
}

/** The file. */
export function nemoRlText(truths: readonly Truth[], masked: readonly number[] = []): string {
  return lines(nemoRlRecords(truths, masked));
}

/** With dynamic sampling as grpo_sync writes it: rewards of all samples in front, of which only the last ones are kept. */
export function nemoRlFilteredText(truths: readonly Truth[], before: readonly number[]): string {
  const rewards = [...before, ...truths.map(({ reward }) => reward)];
  const kept = nemoRlRecords(truths);
  return lines(
    rewards.map((reward, i) => {
      const row = kept[i];
      if (row !== undefined) {
        return { ...row, rewards: [reward], filtered_rewards: [truths[i]!.reward], idx: i };
      }
      const empty = Object.keys(kept[0]!).map((name) => [name, []] as const);
      return { ...Object.fromEntries(empty), rewards: [reward], filtered_rewards: [], idx: i };
    }),
  );
}

/** val_data_step{N}.jsonl: messages and rewards. */
export function nemoRlValidationText(truths: readonly Truth[]): string {
  return lines(
    truths.map((t, i) => ({
      content: [
        [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: t.texts.prompt },
          { role: 'assistant', content: t.texts.output },
          { role: 'environment', content: 'that was wrong' },
          { role: 'assistant', content: 'sorry' },
        ],
      ],
      rewards: [t.reward],
      idx: i,
    })),
  );
}
