// Planted rollouts as trainers write them: records in the shape of NeMo-RL, verl, TRL, open-instruct and rollouts@1, read back.

import { promptTokens } from '../../../src/audit/simulator/index.ts';
import { RecordReader, rolloutsLine, type Trajectory } from '../../../src/rollouts/index.ts';
import type { Case } from './planted.ts';

type JsonLine = Readonly<Record<string, unknown>>;

/** How a trainer writes its trajectories. */
export interface Upstream {
  readonly format: string;
  readonly file: string;
  lines(trajectories: readonly Trajectory[]): readonly JsonLine[];
}

const float32 = (x: number | undefined): number | null =>
  x === undefined || !Number.isFinite(x) ? null : Math.fround(x);

/** NeMo-RL: slices of a batch that is padded on the right, with an axis of 1 left. */
export const nemoRl: Upstream = {
  format: 'nemo-rl',
  file: 'train_data_step3.jsonl',
  lines(trajectories) {
    const width = Math.max(...trajectories.map(({ length }) => length));
    return trajectories.map((t, i) => {
      const row = (of: (k: number) => number | null): unknown => [
        Array.from({ length: width }, (_, k) => (k < t.length ? of(k) : 0)),
      ];
      const isMasked = t.mask.every((m) => m === 0);
      const { advantage } = t;
      return {
        content: [t.texts?.output ?? ''],
        rewards: [float32(t.reward)],
        input_lengths: [t.length],
        token_ids: row((k) => t.ids![k]!),
        token_loss_mask: row((k) => (isMasked ? Number(k >= promptTokens(t)) : t.mask[k]!)),
        sample_loss_mask: [isMasked ? 0 : 1],
        advantages: row((k) => float32(typeof advantage === 'number' ? advantage : advantage![k]) ?? 0),
        generation_logprobs: row((k) => float32(t.samplerLogProbs![k]) ?? 0),
        prev_logprobs: row((k) => float32(t.oldLogProbs![k]) ?? 0),
        idx: i,
      };
    });
  },
};

/** verl: texts, a score, and what the reward function says besides. */
export const verl: Upstream = {
  format: 'verl',
  file: '3.jsonl',
  lines: (trajectories) =>
    trajectories.map((t) => ({
      input: t.texts!.prompt!,
      output: t.texts!.output!,
      gts: t.texts!.groundTruth ?? 'none',
      score: float32(t.reward),
      step: t.step!,
      ...(t.correct === undefined ? {} : { acc: Number(t.correct) }),
    })),
};

/** TRL: texts, unweighted rewards by function, and the advantage. */
export const trl: Upstream = {
  format: 'trl',
  file: 'completions_00003.jsonl',
  lines: (trajectories) =>
    trajectories.map((t) => ({
      step: t.step!,
      prompt: t.texts!.prompt!,
      completion: t.texts!.output!,
      ...Object.fromEntries(Object.entries(t.rewards!).map(([name, x]) => [name, float32(x)])),
      advantage: float32(Number(t.advantage)),
    })),
};

/** open-instruct: token ids, log-probs of the sampler, and the ground truth. */
export const openInstruct: Upstream = {
  format: 'open-instruct',
  file: 'run_rollouts_000000.jsonl',
  lines(trajectories) {
    const groups = [...new Set(trajectories.map(({ group }) => group))];
    return trajectories.map((t, i) => {
      const from = promptTokens(t);
      return {
        step: t.step!,
        sample_idx: i,
        prompt_idx: groups.indexOf(t.group),
        prompt_tokens: [...t.ids!.subarray(0, from)],
        response_tokens: [...t.ids!.subarray(from)],
        reward: float32(t.reward),
        advantage: float32(Number(t.advantage)),
        finish_reason: t.failure !== undefined ? 'error' : t.truncated === true ? 'length' : 'stop',
        ground_truth: t.texts?.groundTruth ?? '',
        logprobs: Array.from(t.samplerLogProbs!.subarray(from), float32),
      };
    });
  },
};

/** gradsplit/rollouts@1. */
export const rolloutsAt1: Upstream = {
  format: 'rollouts@1',
  file: 'rollouts.jsonl',
  lines: (trajectories) => trajectories.map((t): JsonLine => JSON.parse(rolloutsLine(t))),
};

/** The rollouts as they are read from what the trainer writes. */
export function throughUpstream(
  { trajectories, setting }: Case,
  { file, lines }: Upstream,
): Case & { readonly format: string } {
  const reader = new RecordReader();
  const read = lines(trajectories).flatMap((line, k) =>
    reader.read({ file, line: k + 1 }, (): unknown => JSON.parse(JSON.stringify(line))),
  );
  return { setting, trajectories: read, format: reader.format!.name };
}
