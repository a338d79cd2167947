// One network is trained on right chains by SFT. An early copy of it generates, the final one judges.
import {
  crossEntropy,
  gather,
  indices,
  neg,
  type Parameters,
  reshape,
  type Tensor,
} from '../../autodiff/index.ts';
import type { RandomStream } from '../../base/random.ts';
import { type Gpt2, gpt2 } from '../../nn/index.ts';
import { chooseObjective } from '../../objectives/index.ts';
import { adamw, warmupCosine } from '../../optim/index.ts';
import type { LabShare } from '../lab.ts';
import { copyOf, disposeAll, Learner } from '../shared/learner.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { segmentGradient } from '../shared/split.ts';
import { answerOf, type ChainSizes, drawPrompt } from './chain.ts';

/** Name and options of the objective, for training and for the audit. */
export const OBJECTIVE = { name: 'sft', options: {} } as const;

/** How the network is trained. */
export interface TrainingOptions extends ChainSizes {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Steps of the judge. */
  readonly steps: number;
  /** Chains of a step. */
  readonly chains: number;
  readonly learningRate: number;
  /** The mean probability of a right token at which the copy is made that generates. */
  readonly generator: number;
  /** Tokens of a step of reasoning, and how many of them are the prefix. */
  readonly stepLength: number;
  readonly prefix: number;
}

/** A step of training as it is seen from outside. */
export interface TrainingStep {
  /** The mean probability of the right token. */
  readonly right: number;
  readonly split: Readonly<Record<string, LabShare>>;
  /** [B] the sequences, prompt and answer. */
  readonly sequences: readonly (readonly number[])[];
  /** [B·L] log π of the answers. */
  readonly logProb: Float64Array;
}

/** What is left of training. The caller disposes of it. */
export interface Trained {
  readonly model: Gpt2;
  readonly generator: Record<string, Tensor>;
  readonly judge: Record<string, Tensor>;
}

/** The network of a chain. */
export function chainNetwork({ modulus, length, width, heads, layers }: TrainingOptions): Gpt2 {
  return gpt2({ vocabulary: modulus, context: 2 * length, width, layers, heads, tied: true });
}

/**
 * log π of the answers of B sequences of prompt and answer, [B·n] with n tokens of the answer each, end to end.
 * @param sequences [B] all of one length
 */
export function answerLogProbs(
  model: Gpt2,
  parameters: Parameters,
  sequences: readonly (readonly number[])[],
  length: number,
): Tensor {
  const T = sequences[0]!.length - 1;
  const B = sequences.length;
  const ids = Int32Array.from(sequences.flatMap((one) => one.slice(0, T)));
  const logits = model.logits(parameters, reshape(indices(ids), [B, T]));
  const rows: number[] = [];
  for (let b = 0; b < B; b++) for (let t = length - 1; t < T; t++) rows.push(b * T + t);
  const chosen = gather(reshape(logits, [B * T, model.config.vocabulary]), indices(rows));
  return neg(crossEntropy(chosen, indices(sequences.flatMap((one) => one.slice(length)))));
}

/** Trains the network on fresh chains. The generator is what it was when a right token first had the probability asked for, or the judge itself. */
export function* train(options: TrainingOptions, random: RandomStream): Generator<TrainingStep, Trained> {
  const { length, modulus, steps, chains, learningRate, stepLength, prefix } = options;
  const model = chainNetwork(options);
  const { objective, options: complete } = chooseObjective(OBJECTIVE.name, OBJECTIVE.options);
  const warmup = Math.ceil(steps / 20);
  const learner = new Learner(
    model.initial(random.split('parameters'), 'f32'),
    adamw({
      learningRate: warmupCosine({ peak: learningRate, warmup, steps, end: learningRate / 10 }),
      weightDecay: 0,
      clipNorm: 1,
    }),
  );
  let generator: Record<string, Tensor> | undefined;
  const segment = Uint8Array.from({ length: chains * length }, (_, t) =>
    (t % length) % stepLength < prefix ? 0 : 1,
  );
  // Demonstrations, each a group of its own.
  const known = {
    offsets: evenOffsets(chains, length),
    reward: new Float64Array(chains).fill(1),
    group: Int32Array.from({ length: chains }, (_, i) => i),
  };
  for (let step = 0; step < steps; step++) {
    const stream = random.split('chains', step);
    const sequences = Array.from({ length: chains }, () => {
      const prompt = drawPrompt(options, stream);
      return [...prompt, ...answerOf(prompt, modulus)];
    });
    // The probability is known only when the step is taken.
    const before = generator === undefined ? copyOf(learner.parameters) : undefined;
    let logProb = new Float64Array();
    let split: TrainingStep['split'] = {};
    let right = 0;
    learner.step((parameters) => {
      const found = segmentGradient({
        parameters,
        logProbs: (p) => answerLogProbs(model, p, sequences, length),
        loss: (x, values) => {
          logProb = Float64Array.from(values);
          return objective.loss(x, onPolicyBatch({ ...known, logProb }), complete);
        },
        segment,
        segments: ['prefix', 'rest'],
      });
      split = found.split;
      right = logProb.reduce((sum, x) => sum + Math.exp(x), 0) / logProb.length;
      return found.gradient;
    });
    if (before !== undefined && right >= options.generator) generator = before;
    else if (before !== undefined) disposeAll(before);
    yield { right, split, sequences, logProb };
  }
  const judge = learner.release();
  return { model, judge, generator: generator ?? copyOf(judge) };
}
