// Episodes of a policy that was trained here, as what is attributed: drawn by the policy, or the demonstrations that it would learn from.
import type { InputRectangle } from '../../attribution/index.ts';
import { InputError } from '../../base/errors.ts';
import type { Options } from '../../base/options.ts';
import { randomStream } from '../../base/random.ts';
import { weightsInMemory } from '../../nn/index.ts';
import type { Objective } from '../../objectives/index.ts';
import { COMPONENTS } from '../../policy/index.ts';
import {
  materialOf,
  type PhaseConfig,
  promptsOf,
  type Trainer,
  type TrainingState,
  tokenBatch,
} from '../../training/index.ts';
import type { AttributionSubject } from './subject.ts';

/** Which episodes are drawn, and how. */
export interface OwnEpisodesOrder {
  readonly episodes: number;
  /** Episodes of one prompt, for objectives that compare within a group. */
  readonly group: number;
  readonly seed: number;
  readonly objective: Objective;
  readonly options: Options;
  /** The most tokens that go through the network at once; all of one length if left out. */
  readonly maxTokens?: number;
}

/**
 * Inputs whose rectangles have at most so many tokens. Rows stay in their order, so that they are counted as before.
 * @throws InputError for fewer tokens than one episode has
 */
function cutInputs(inputs: readonly InputRectangle[], most: number): InputRectangle[] {
  return inputs.flatMap(({ ids, length }) => {
    if (length > most)
      throw new InputError(
        `--max-tokens: expected at least the ${length} tokens of an episode, found ${most}`,
      );
    const size = Math.min(Math.floor(most / length) * length, ids.length);
    return Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ({
      ids: ids.subarray(i * size, (i + 1) * size),
      length,
    }));
  });
}

/** A phase that draws these episodes; an objective that imitates learns from demonstrations. */
function phaseOf(
  { config }: Trainer,
  { episodes, group, objective, options }: OwnEpisodesOrder,
): PhaseConfig {
  const { base, train } = config;
  const said = { objective: objective.name, options };
  if (objective.imitates) {
    if (base.learnsFrom !== 'demonstrations')
      throw new InputError(
        `--objective ${objective.name}: expected a run whose base learns from demonstrations, found one that learns from its own`,
      );
    return { ...said, learnsFrom: 'demonstrations', loop: { ...base.loop, batch: episodes } };
  }
  if (episodes % group !== 0)
    throw new InputError(
      `--episodes: expected a multiple of the ${group} episodes of a prompt, found ${episodes}`,
    );
  const { leastGroup: least, readsValues } = objective.traits(options);
  if (readsValues)
    throw new InputError(
      `--objective ${objective.name}: expected one that needs no critic, as episodes of a run have no values`,
    );
  if (group < least)
    throw new InputError(`--group: expected at least ${least} with ${objective.name}, found ${group}`);
  // Nothing of the loop is read but how much is drawn; any of a phase that learns from episodes will do.
  const loop = train.learnsFrom === 'episodes' ? train.loop : { ...base.loop, innerEpochs: 1, entropy: 0 };
  return { ...said, learnsFrom: 'episodes', loop: { ...loop, prompts: episodes / group, group } };
}

/**
 * The subject of a checkpoint of a run. The same seed draws the same prompts at every checkpoint.
 * @throws InputError if the objective does not fit what can be drawn
 */
export function ownEpisodes(
  trainer: Trainer,
  state: TrainingState,
  checkpoint: string,
  order: OwnEpisodesOrder,
): AttributionSubject {
  const phase = phaseOf(trainer, order);
  const { episodes, outcome } = materialOf(trainer, phase, state, randomStream(order.seed, 'attribution'));
  const { task, layout, model } = trainer;
  const { offsets, targets, component } = episodes;
  const prompts = promptsOf(episodes);
  const nameOf = (id: number): string => task.tokens.names[id]!;
  const { imitates } = order.objective;
  const positions = new Int32Array(targets.length);
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) positions[t] = layout.promptLength + t - offsets[i]!;
  }
  return {
    checkpoint,
    network: model,
    weights: weightsInMemory(state.parameters),
    batch: { ...episodes, inputs: cutInputs(episodes.inputs, order.maxTokens ?? Number.POSITIVE_INFINITY) },
    objective: order.objective,
    options: order.options,
    tokensAt: (logProb) => tokenBatch(episodes, outcome, logProb),
    segments: { names: COMPONENTS, of: component },
    shown: {
      tokens: Array.from(targets, nameOf),
      positions,
      groups: Array.from(outcome.group, String),
      places: prompts.map((prompt) => task.tokens.decode(prompt)),
      origins: prompts.map((_, i) => ({ file: imitates ? 'demonstrations' : 'episodes', line: i + 1 })),
      prompts: prompts.map((prompt) => prompt.map(nameOf)),
      outcomes: prompts.map((_, i) => (imitates ? {} : { correct: outcome.reward[i] === 1 })),
    },
    rollouts: { from: imitates ? 'demonstrations' : 'episodes', seed: order.seed },
  };
}
