// ms-swift's completions.jsonl: a line a batch, column by column; with Megatron gen_step, with Ray a line a completion.
import { lines } from './python.ts';
import type { Truth } from './truth.ts';

/** The columns of one log of the Hugging Face trainer. */
export function msSwiftRecord(truths: readonly Truth[]): Record<string, unknown> {
  return {
    step: truths.map(({ step }) => String(step)),
    prompt: truths.map(({ texts }) => texts.prompt),
    completion: truths.map(({ texts }) => texts.output),
    CosineReward: truths.map(({ rewards }) => rewards.accuracy),
    Format: truths.map(({ rewards }) => rewards.format),
    advantages: truths.map(({ advantage }) => advantage),
    solution: truths.map(({ texts }) => texts.groundTruth),
    num_turns: truths.map((_, i) => i),
    entropy: truths.map(() => 0.25),
  };
}

/** One line for `batch` trajectories. */
export function msSwiftText(truths: readonly Truth[], batch: number): string {
  const starts = Array.from({ length: Math.ceil(truths.length / batch) }, (_, k) => k * batch);
  return lines(starts.map((start) => msSwiftRecord(truths.slice(start, start + batch))));
}

/** The Megatron trainer: integer steps, no further columns. */
export function msSwiftMegatronText(truths: readonly Truth[]): string {
  const { prompt, completion, CosineReward, advantages } = msSwiftRecord(truths);
  return lines([{ gen_step: truths.map(({ step }) => step), prompt, completion, CosineReward, advantages }]);
}

/** The Ray trainer: a line a completion. */
export function msSwiftRayText(truths: readonly Truth[]): string {
  return lines(
    truths.map(({ step, texts, reward }) => ({
      gen_step: step,
      prompt: texts.prompt,
      completion: texts.output,
      reward,
    })),
  );
}
