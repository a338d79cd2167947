// A tiny GPT-2 that imitates answers: its logits of answer tokens, the losses that are compared, and its training.
import {
  add,
  crossEntropy,
  indices,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  neg,
  type Parameters,
  reshape,
  slice,
  sub,
  type Tensor,
  valueAndGrad,
} from '../../autodiff/index.ts';
import type { RandomStream } from '../../base/random.ts';
import { type Gpt2, gpt2 } from '../../nn/index.ts';
import { getObjective } from '../../objectives/index.ts';
import { adamw, constant } from '../../optim/index.ts';
import { copyOf, Learner } from '../shared/learner.ts';
import { evenOffsets, onPolicyBatch } from '../shared/onPolicy.ts';
import { type Answer, TOKENS } from './expert.ts';

/** What is trained: SFT, with the correction, with negative label smoothing, and with what is left of the correction without it. */
export const METHODS = ['sft', 'soc', 'smoothing', 'shift'] as const;
/** One of them. */
export type Method = (typeof METHODS)[number];

/** The network: its vocabulary is the answer tokens, then a token for each prompt. */
export function networkOf(prompts: number, length: number, width: number): Gpt2 {
  return gpt2({ vocabulary: TOKENS + prompts, context: length, width, layers: 1, heads: 2, tied: false });
}

/** Logits of answer tokens after prompts and prefixes of one length, [B·T, TOKENS], T the length of a prefix and one. */
export function logitsAfter(model: Gpt2, parameters: Parameters, prefixes: readonly Answer[]): Tensor {
  const [first] = prefixes;
  const length = first!.tokens.length + 1;
  const ids = prefixes.flatMap(({ prompt, tokens }) => [TOKENS + prompt, ...tokens]);
  const all = model.logits(parameters, reshape(indices(ids), [prefixes.length, length]));
  const rows = reshape(all, [ids.length, model.config.vocabulary]);
  return slice(rows, [0, 0], [ids.length, TOKENS]);
}

/** Logits that predict the tokens of answers, [B·T, TOKENS]. */
export function answerLogits(model: Gpt2, parameters: Parameters, answers: readonly Answer[]): Tensor {
  return logitsAfter(
    model,
    parameters,
    answers.map(({ prompt, tokens }) => ({ prompt, tokens: tokens.slice(0, -1) })),
  );
}

/** log π of the tokens of answers at some logits, [B·T]. */
export function tokenLogProbs(logits: Tensor, answers: readonly Answer[]): Tensor {
  return neg(crossEntropy(logits, indices(answers.flatMap(({ tokens }) => tokens))));
}

/** The loss of the objective `sft` on answers, the mean over tokens. */
export function sftLoss(logProb: Tensor, values: Float64Array, answers: readonly Answer[]): Tensor {
  const batch = onPolicyBatch({
    offsets: evenOffsets(answers.length, values.length / answers.length),
    logProb: values,
    reward: new Float64Array(answers.length).fill(1),
    group: Int32Array.from(answers, ({ prompt }) => prompt),
  });
  const objective = getObjective('sft');
  return objective.loss(logProb, batch, objective.parseOptions({}));
}

/**
 * What a method adds to the SFT loss, a mean over tokens: −λ·log Σ exp Q for the correction, as `valueBonus` of a training; λ·mean log π
 * for negative label smoothing; and −λ·mean Q for the shift, which no softmax sees. The correction is the sum of the two others.
 */
function withTerm(method: Method, loss: Tensor, logits: Tensor, lambda: number): Tensor {
  switch (method) {
    case 'sft':
      return loss;
    case 'soc':
      return sub(loss, mul(mean(logSumExp(logits)), lambda));
    case 'smoothing':
      return add(loss, mul(mean(logSoftmax(logits)), lambda));
    case 'shift':
      return sub(loss, mul(mean(logits), lambda));
  }
}

/** How a network is trained. */
export interface Training {
  readonly method: Method;
  readonly lambda: number;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** Trains from some parameters, which stay the caller's; gives the loss of every step, and at the end parameters, which are the caller's too. */
export function* train(
  model: Gpt2,
  initial: Parameters,
  demonstrations: readonly Answer[],
  { method, lambda, steps, batch, learningRate }: Training,
  random: RandomStream,
): Generator<number, Parameters> {
  const learner = new Learner(
    copyOf(initial),
    adamw({ learningRate: constant(learningRate), weightDecay: 0, clipNorm: 1 }),
  );
  for (let step = 0; step < steps; step++) {
    const answers = Array.from(
      { length: batch },
      () => demonstrations[random.integer(demonstrations.length)]!,
    );
    let loss = Number.NaN;
    learner.step((parameters) => {
      const { value, gradient } = valueAndGrad((p: Parameters): Tensor => {
        const logits = answerLogits(model, p, answers);
        const logProb = tokenLogProbs(logits, answers);
        const values = Float64Array.from(logProb.readSync());
        return withTerm(method, sftLoss(logProb, values, answers), logits, lambda);
      })(parameters);
      loss = value.item();
      return gradient;
    });
    yield loss;
  }
  return learner.release();
}
