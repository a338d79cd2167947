// Simulated trajectories in the shapes that trainers write, and read back by the readers of these formats.
import { ROLES, readRollouts, rolloutsLine, type Trajectory } from '../../src/rollouts/index.ts';

const PROMPT = ROLES.indexOf('prompt');

/** JSON as Python writes it: a number that is none has a word. */
function pythonJson(value: unknown): string {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, x]) => `${JSON.stringify(name)}: ${pythonJson(x)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** The trajectories that the readers make of these lines. */
export async function readBack(name: string, lines: readonly string[]): Promise<Trajectory[]> {
  const out: Trajectory[] = [];
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  for await (const t of readRollouts([bytes], { source: name })) out.push(t);
  return out;
}

/** Written and read as rollouts@1. */
export function asRollouts(trajectories: readonly Trajectory[]): Promise<Trajectory[]> {
  return readBack('rollouts.jsonl', trajectories.map(rolloutsLine));
}

/** Lines as NeMo-RL has them: slices of a batch with an axis of 1, padded on the right, 0.0 where nothing was generated. */
export function asNemoRl(trajectories: readonly Trajectory[]): Promise<Trajectory[]> {
  const width = Math.max(...trajectories.map(({ length }) => length)) + 3;
  const wide = (values: ArrayLike<number>): number[] =>
    Array.from({ length: width }, (_, t) => (t < values.length ? values[t]! : 0));
  const lines = trajectories.map((t, idx) => {
    const zero = (values: Float64Array, isKept: (k: number) => boolean): number[] =>
      wide(values.map((x, k) => (isKept(k) ? x : 0)));
    return pythonJson({
      content: t.tokens!.join(''),
      rewards: [t.reward],
      input_lengths: [t.length],
      token_ids: [wide(t.ids!)],
      token_loss_mask: [wide(t.mask)],
      sample_loss_mask: [1],
      advantages: [wide(new Float64Array(t.length).fill(Number(t.advantage)))],
      generation_logprobs: [
        zero(t.samplerLogProbs!, (k) => t.mask[k] === 1 && !Number.isNaN(t.samplerLogProbs![k])),
      ],
      prev_logprobs: [zero(t.oldLogProbs!, (k) => t.roles[k] !== PROMPT)],
      idx,
    });
  });
  return readBack('exp_001/train_data_step3.jsonl', lines);
}

/** Lines of the RL Logging Board: the response only, with its texts. */
export function asLoggingBoard(trajectories: readonly Trajectory[]): Promise<Trajectory[]> {
  const lines = trajectories.map((t) => {
    const response = <T>(values: ArrayLike<T>): T[] =>
      Array.from(values).filter((_, k) => t.roles[k] !== PROMPT);
    return pythonJson({
      prompt: t.texts!.prompt,
      response: t.texts!.output,
      response_tokens: response(t.tokens!),
      logprobs: response(t.logProbs!),
      ref_logprobs: response(t.refLogProbs!),
      values: response(t.values!),
      token_rewards: response(t.values!.map(() => 0)),
      reward: t.reward,
      step: t.step,
    });
  });
  return readBack('rollout_data.jsonl', lines);
}
