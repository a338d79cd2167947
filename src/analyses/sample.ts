// `sample`: episodes of a trained policy at a prompt of the user's, with its probabilities of stopping and of trying again.
import { InputError } from '../base/errors.ts';
import { randomStream } from '../base/random.ts';
import type { SampleDocument, SampledTrajectory } from '../documents/sample.ts';
import { attemptsOf, type Drawing, drawRollouts, type Rollout, rightAttempts } from '../episodes/index.ts';
import { COMPONENTS } from '../policy/index.ts';
import { rolloutsHeader } from '../rollouts/write/rolloutsLine.ts';
import { PAD, parsePrompt } from '../tasks/index.ts';
import type { Trainer } from '../training/index.ts';
import type { Trained } from './trained.ts';

/** An episode in words, for people to read. */
export interface ShownEpisode {
  readonly attempts: readonly string[];
  /** Whether each attempt is right; undefined where nobody knows. */
  readonly right: readonly boolean[] | undefined;
  /** π(STOP) after each attempt that was decided on. */
  readonly stop: readonly number[];
}

/** How to sample. */
export interface SampleOptions {
  readonly prompt: string;
  readonly count: number;
  readonly seed: number;
  readonly drawing: Drawing;
}

/** Whether each attempt is right; undefined if the task knows no answer to the prompt. */
function rightOf(trainer: Trainer, rollout: Rollout): readonly boolean[] | undefined {
  try {
    return rightAttempts(trainer, rollout);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function trajectoryOf(
  { task, layout }: Trainer,
  { prompt, response, logProbs, stop }: Rollout,
  right: readonly boolean[] | undefined,
): SampledTrajectory {
  const ids = [...prompt, ...response];
  const names = response.map((_, j) => COMPONENTS[layout.component[j]!]!);
  const decisions = names.flatMap((name, j) => (name === 'decision' ? [prompt.length + j] : []));
  const solved = right?.at(-1);
  return {
    group: task.tokens.decode(prompt),
    ids,
    tokens: ids.map((id) => task.tokens.names[id]!),
    components: [...prompt.map((id) => (id === PAD ? 'pad' : 'prompt')), ...names],
    mask: [...prompt.map(() => 0 as const), ...response.map((_, j) => (layout.legal[j]!.length > 1 ? 1 : 0))],
    logProbs: [...prompt.map(() => null), ...logProbs],
    ...(solved === undefined ? {} : { reward: solved ? 1 : 0, correct: solved }),
    decisionProbs: stop.map((p, k) => ({ position: decisions[k]!, stop: p, resample: 1 - p })),
  };
}

/**
 * Draws episodes at a prompt. Row i is drawn from the random stream of (seed, i).
 * @throws InputError if the prompt does not fit the task
 */
export function sample(
  { trainer, policy, checkpoint }: Trained,
  { prompt: text, count, seed, drawing }: SampleOptions,
): { readonly document: SampleDocument; readonly shown: readonly ShownEpisode[] } {
  const { task, layout } = trainer;
  const prompt = parsePrompt(task, text);
  const rollouts = drawRollouts(policy, {
    layout,
    prompts: Array.from({ length: count }, () => prompt),
    drawing,
    random: (row) => randomStream(seed, 'sample', row),
  });
  const right = rollouts.map((rollout) => rightOf(trainer, rollout));
  return {
    document: {
      schema: 'gradsplit/sample@1',
      checkpoint,
      prompt: text,
      trajectories: rollouts.map((rollout, i) => trajectoryOf(trainer, rollout, right[i])),
    },
    shown: rollouts.map(({ response, stop }, i) => ({
      attempts: attemptsOf(layout, response).map(task.tokens.decode),
      right: right[i],
      stop,
    })),
  };
}

/** The episodes as the lines of a gradsplit/rollouts@1 file: a header, then one a line, without the probabilities of decisions. */
export function* sampleRollouts({ trajectories }: SampleDocument): Generator<string> {
  yield `${rolloutsHeader()}\n`;
  for (const { decisionProbs: _, ...trajectory } of trajectories) yield `${JSON.stringify(trajectory)}\n`;
}
