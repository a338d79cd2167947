// Everything that is measured on the models of one seed. A policy that is needed twice is played once.
import { InputError } from '../../base/errors.ts';
import { randomStream } from '../../base/random.ts';
import type { SwappedSplit } from '../../documents/comparison.ts';
import type { EvaluationDocument } from '../../documents/evaluation.ts';
import type {
  Example,
  ExampleEpisode,
  ModelName,
  PairName,
  SeedEvaluation,
} from '../../documents/reproduce.ts';
import {
  attemptsOf,
  type Decodable,
  drawPrompts,
  type JudgedEpisode,
  judgedRollouts,
  swapped,
} from '../../episodes/index.ts';
import type { Split } from '../../tasks/index.ts';
import {
  accuracyOf,
  type EvaluationOptions,
  estimateMeasures,
  evaluationEpisodes,
  evaluationMeasures,
  gridOf,
  shapley,
} from '../../training/index.ts';
import { type BySplit, bootstrapStream } from '../evaluate.ts';
import type { Trained } from '../trained.ts';
import { MODELS, modelsOf, PAIRS } from './models.ts';

/** The trained models of a seed. */
export type TrainedModels = Readonly<Record<ModelName, Trained>>;

/** Prompts that are shown. */
const EXAMPLES = 4;

/** Plays every policy x/y of the models, each once per split. */
class Player {
  readonly #models: TrainedModels;
  readonly #options: EvaluationOptions;
  readonly #onPlay: () => void;
  readonly #played = new Map<string, JudgedEpisode[]>();

  constructor(models: TrainedModels, options: EvaluationOptions, onPlay: () => void) {
    this.#models = models;
    this.#options = options;
    this.#onPlay = onPlay;
  }

  episodes(sample: ModelName, decision: ModelName, split: Split): JudgedEpisode[] {
    const key = `${sample}/${decision} ${split}`;
    const known = this.#played.get(key);
    if (known !== undefined) return known;
    const { trainer } = this.#models.base;
    const of = (name: ModelName): Decodable => this.#models[name].policy;
    const from = sample === decision ? of(sample) : swapped(trainer.layout, of(sample), of(decision));
    const episodes = evaluationEpisodes(trainer, from, split, this.#options);
    this.#played.set(key, episodes);
    this.#onPlay();
    return episodes;
  }
}

/** Policies that are played: each model, and two more a pair, on both splits. */
export const PLAYS: number = 2 * (MODELS.length + 2 * PAIRS.length);

function swappedSplit(player: Player, pair: PairName, split: Split, attempts: number): SwappedSplit {
  const [a, b] = modelsOf(pair);
  const of = { a, b };
  const episodes = gridOf((_cell, x, y) => player.episodes(of[x], of[y], split));
  return {
    grid: gridOf((cell) => evaluationMeasures(episodes[cell], attempts)),
    shapley: shapley(gridOf((cell) => accuracyOf(episodes[cell]))),
  };
}

function examplesOf(models: TrainedModels, { seed, drawing }: EvaluationOptions): Example[] {
  const { trainer } = models.base;
  const { task, layout } = trainer;
  const random = randomStream(seed, 'examples');
  const prompts = drawPrompts(task, 'ood', EXAMPLES, random);
  const answers = (name: ModelName): ExampleEpisode[] =>
    judgedRollouts(trainer, models[name].policy, prompts, drawing, random).map(
      ({ response, right, stop }) => ({
        attempts: attemptsOf(layout, response).map(task.tokens.decode),
        right,
        stop,
      }),
    );
  const [base, sft, rl] = [answers('base'), answers('sft'), answers('rl')];
  return prompts.map((prompt, i) => ({
    prompt: task.tokens.decode(prompt),
    answers: { base: base[i]!, sft: sft[i]!, rl: rl[i]! },
  }));
}

/**
 * Measures of all models and pairs of a seed.
 * @param onPlay called after each of the `PLAYS` policies
 * @throws InputError if the models are not of one task
 */
export function evaluateSeed(
  seed: number,
  models: TrainedModels,
  options: EvaluationOptions,
  onPlay: () => void,
): SeedEvaluation {
  const { task, layout } = models.base.trainer;
  if (MODELS.some((name) => models[name].trainer.task.name !== task.name)) {
    throw new InputError(`reproduce: the models of seed ${seed} are not of one task`);
  }
  const player = new Player(models, options, onPlay);
  const both = <T>(of: (split: Split) => T): BySplit<T> => ({ id: of('id'), ood: of('ood') });
  const evaluation = (name: ModelName): EvaluationDocument => ({
    schema: 'gradsplit/eval@1',
    checkpoint: models[name].checkpoint,
    task: task.name,
    splits: both((split) =>
      estimateMeasures(player.episodes(name, name, split), layout.attempts, bootstrapStream(options, split)),
    ),
  });
  return {
    seed,
    models: Object.fromEntries(MODELS.map((name) => [name, evaluation(name)])) as SeedEvaluation['models'],
    compare: Object.fromEntries(
      PAIRS.map((pair) => [pair, both((split) => swappedSplit(player, pair, split, layout.attempts))]),
    ) as SeedEvaluation['compare'],
    examples: examplesOf(models, options),
  };
}
