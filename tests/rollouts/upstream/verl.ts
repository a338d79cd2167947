// verl's dump of generations: texts and scores, a line an output; with and without uid.
import { lines } from './python.ts';
import type { Truth } from './truth.ts';

/** The records as main_ppo writes them. */
export function verlRecords(truths: readonly Truth[]): Record<string, unknown>[] {
  return truths.map((t, i) => ({
    input: t.texts.prompt,
    output: t.texts.output,
    gts: t.texts.groundTruth,
    score: t.reward,
    step: t.step,
    acc: t.correct,
    pred: `[${t.tokens.at(-1)}]`,
    format: t.rewards.format,
    // default=str has made a text of what json does not know.
    feedback: i % 2 === 0 ? 'tensor(0.5)' : null,
  }));
}

/** The file of main_ppo, in an order that a balanced batch may have. */
export function verlText(truths: readonly Truth[]): string {
  return lines(verlRecords(truths));
}

/** The file of the newer trainers: sorted by uid, `outputs` lines a rollout, all with the score of the last. */
export function verlUidText(truths: readonly Truth[], outputs = 1): string {
  return lines(
    truths.flatMap((t, i) =>
      Array.from({ length: outputs }, (_, k) => ({
        input: t.texts.prompt,
        output: `${t.texts.output} ${k}`,
        gts: t.texts.groundTruth,
        score: t.reward,
        step: t.step,
        uid: `${t.group}_x_${i}_${k}`,
      })),
    ),
  );
}
