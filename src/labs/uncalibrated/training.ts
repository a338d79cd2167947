// One training: rollouts of the tabular policy, an objective of gradsplit on them, AdamW; with a critic for objectives that need one.
import {
  gather,
  grad,
  indices,
  logSoftmax,
  mean,
  mul,
  type Parameters,
  reshape,
  scope,
  sub,
  type Tensor,
  tensor,
  zeros,
} from '../../autodiff/index.ts';
import { randomStream } from '../../base/random.ts';
import { type Choice, chooseObjective, type RawOptions, type TokenBatch } from '../../objectives/index.ts';
import { adamw, constant } from '../../optim/index.ts';
import { Learner } from '../shared/learner.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { type SplitMean, segmentGradient } from '../shared/split.ts';
import { CATEGORIES, PREDICTIONS, type Questions, rewardOf, shuffledOrder } from './questions.ts';

/** What is trained and how. */
export interface TrainingSetting {
  readonly objective: string;
  readonly objectiveOptions: RawOptions;
  readonly learningRate: number;
  /** Questions a batch. */
  readonly batch: number;
  /** Rollouts a question. */
  readonly rollouts: number;
  /** Steps of the optimiser on each batch; more than one makes the log-probs of the draw old. */
  readonly updates: number;
  readonly seed: number;
}

/** The rollouts of a batch, one prediction each. */
export interface Rollouts {
  /** [T] the question, as its place in the batch. */
  readonly group: Int32Array;
  /** [T] */
  readonly category: Int32Array;
  /** [T] the place in PREDICTIONS. */
  readonly prediction: Int32Array;
  /** [T] log π when it was drawn. */
  readonly logProb: Float64Array;
  /** [T] */
  readonly reward: Float64Array;
}

const COLUMNS = PREDICTIONS.length;

/** The first place whose cumulative sum is above u, between from and from + COLUMNS. */
function placeOf(cumulative: Float64Array, from: number, u: number): number {
  let [low, high] = [from, from + COLUMNS - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low - from;
}

/** The table, and a critic's values where there is one. */
type Weights = { readonly logits: Tensor; readonly value?: Tensor };

/** A policy π(prediction | category) in training, with all that its optimiser remembers. */
export class Training {
  readonly #setting: TrainingSetting;
  readonly #questions: Questions;
  readonly #choice: Choice;
  readonly #learner: Learner<Weights>;
  readonly #clip: number;
  #order: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  #batches = 0;
  #beyond = 0;
  #ratios = 0;

  constructor(questions: Questions, setting: TrainingSetting) {
    this.#questions = questions;
    this.#setting = setting;
    this.#choice = chooseObjective(setting.objective, setting.objectiveOptions);
    this.#clip = Number(this.#choice.options.clipLow ?? Number.POSITIVE_INFINITY);
    const critic = this.#choice.objective.traits(this.#choice.options).readsValues;
    const parameters: Weights = {
      logits: zeros([CATEGORIES, COLUMNS]),
      ...(critic ? { value: zeros([CATEGORIES]) } : {}),
    };
    this.#learner = new Learner(parameters, adamw({ learningRate: constant(setting.learningRate) }));
  }

  /** log π(prediction | category), [C·99]. */
  logTable(): Float64Array {
    return scope(() => Float64Array.from(logSoftmax(this.#learner.parameters.logits).readSync()));
  }

  /** π by category, [C][99]. */
  probabilities(): Float64Array[] {
    const table = this.logTable().map(Math.exp);
    return Array.from({ length: CATEGORIES }, (_, c) => table.slice(c * COLUMNS, (c + 1) * COLUMNS));
  }

  /** The share of ratios that were outside of 1 ± clip; 0 while every batch has one update. */
  beyondClip(): number {
    return this.#ratios === 0 ? 0 : this.#beyond / this.#ratios;
  }

  /** Draws a batch and takes its updates. */
  step(split?: SplitMean): Rollouts {
    const rollouts = this.#draw();
    for (let update = 0; update < this.#setting.updates; update++) this.#update(rollouts, split);
    this.#batches++;
    return rollouts;
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#learner.dispose();
  }

  /** The question at a place of the endless sequence of epochs, each in an order of its own. */
  #questionAt(place: number): number {
    const count = this.#questions.outcome.length;
    const epoch = Math.floor(place / count);
    if (this.#order.epoch !== epoch) {
      this.#order = { epoch, order: shuffledOrder(count, this.#setting.seed, 'order', epoch) };
    }
    return this.#order.order[place % count]!;
  }

  #draw(): Rollouts {
    const { batch, rollouts, seed, objective } = this.#setting;
    const random = randomStream(seed, `rollouts ${objective}`, this.#batches);
    const table = this.logTable();
    const cumulative = new Float64Array(table.length);
    for (const [k, x] of table.entries()) {
      cumulative[k] = Math.exp(x) + (k % COLUMNS === 0 ? 0 : cumulative[k - 1]!);
    }
    const count = batch * rollouts;
    const drawn = {
      group: new Int32Array(count),
      category: new Int32Array(count),
      prediction: new Int32Array(count),
      logProb: new Float64Array(count),
      reward: new Float64Array(count),
    };
    for (let t = 0; t < count; t++) {
      const group = Math.floor(t / rollouts);
      const question = this.#questionAt(this.#batches * batch + group);
      const category = this.#questions.category[question]!;
      const from = category * COLUMNS;
      const prediction = placeOf(cumulative, from, random.uniform() * cumulative[from + COLUMNS - 1]!);
      drawn.group[t] = group;
      drawn.category[t] = category;
      drawn.prediction[t] = prediction;
      drawn.logProb[t] = table[from + prediction]!;
      drawn.reward[t] = rewardOf(PREDICTIONS[prediction]!, this.#questions.outcome[question]!);
    }
    return drawn;
  }

  /** V(category) of every rollout, [T]. */
  #values(category: Int32Array): Float64Array | undefined {
    const table = this.#learner.parameters.value?.readSync();
    return table === undefined
      ? undefined
      : new Float64Array(category.length).map((_, t) => table[category[t]!]!);
  }

  #batchOf({ group, category, logProb, reward }: Rollouts, now: Float64Array): TokenBatch {
    const value = this.#values(category);
    return {
      ...onPolicyBatch({ offsets: evenOffsets(group.length, 1), logProb: now, reward, group }),
      oldLogProb: logProb,
      refLogProb: logProb,
      ...(value === undefined ? {} : { value }),
    };
  }

  #update(rollouts: Rollouts, split: SplitMean | undefined): void {
    const { objective, options } = this.#choice;
    this.#learner.step((before) => {
      const at = indices(rollouts.prediction.map((k, t) => rollouts.category[t]! * COLUMNS + k));
      const found = segmentGradient({
        parameters: { logits: before.logits },
        logProbs: ({ logits }) => gather(reshape(logSoftmax(logits!), [CATEGORIES * COLUMNS]), at),
        loss: (logProb, now) => {
          // With one update all ratios are 1.
          if (this.#setting.updates > 1) this.#countRatios(rollouts.logProb, now);
          return objective.loss(logProb, this.#batchOf(rollouts, now), options);
        },
        segment: new Uint8Array(rollouts.group.length),
        segments: ['prediction'],
      });
      split?.add(found.split);
      return { ...found.gradient, ...this.#criticGradient(rollouts) };
    });
  }

  #countRatios(old: Float64Array, now: Float64Array): void {
    for (let t = 0; t < now.length; t++) {
      if (Math.abs(Math.exp(now[t]! - old[t]!) - 1) > this.#clip) this.#beyond++;
    }
    this.#ratios += now.length;
  }

  /** ∇ of ½·mean (V(category) − R)², where there is a critic. */
  #criticGradient({ category, reward }: Rollouts): Parameters {
    const { value } = this.#learner.parameters;
    if (value === undefined) return {};
    const slope = grad((at: { value: Tensor }) => {
      const error = sub(gather(at.value, indices(category)), tensor(reward));
      return mul(mean(mul(error, error)), 0.5);
    });
    return { value: slope({ value }).value };
  }
}
