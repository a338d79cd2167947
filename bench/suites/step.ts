// One training step of a small GPT-2 by the public engine, for the suites train and split: forward, a gradient per label of
// the tokens' weights, AdamW. Parameters and moments move on with every step.
import {
  crossEntropy,
  indices,
  type Kernels,
  type Parameters,
  reshape,
  type Tensor,
  tensor,
  vjp,
} from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import type { FloatType } from '../../src/kernels/index.ts';
import { type Gpt2, type Gpt2Config, gpt2, sumOfLabels } from '../../src/nn/index.ts';
import { adamw, applyUpdates, constant } from '../../src/optim/index.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { disposeAll, hostValues, onKernels } from './engine.ts';

/** Sequences of a step. */
export const BATCH = 32;

/** η of AdamW; its other constants are the usual ones. */
export const RATE = 1e-3;

/** Weights of the tokens' losses [tokens], by label: the step's loss is their sum over labels. */
export type TokenWeights = Readonly<Record<string, Float64Array>>;

/** The network of these suites. */
export function configOf(width: number): Gpt2Config {
  return { vocabulary: 32, context: 32, width, layers: 2, heads: 4, tied: true };
}

/** Tokens of a step. */
export function tokensOf({ context }: Gpt2Config): number {
  return BATCH * context;
}

/** Parameters of the network. */
export function parameterCount({ layout }: Gpt2): number {
  return layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Float operations of the products of a step, in 10⁹. Forward, for a token: 24·d² a block (query, key, value and output 8,
 * MLP 16), 2·d·V for the head; for the (T + 1)/2 positions it sees, 4·d a block. The way back does each product twice.
 */
export function stepWork({ context, width, layers, vocabulary }: Gpt2Config): number {
  const seen = (context + 1) / 2;
  const forward = layers * (24 * width ** 2 + 4 * width * seen) + 2 * width * vocabulary;
  return 3 * BATCH * context * forward * 1e-9;
}

/** Random tokens, the same for every kernels: inputs and what should come next. */
export function drawTokens(config: Gpt2Config): { readonly ids: Int32Array; readonly targets: Int32Array } {
  const random = randomStream(1, 'tokens');
  const draw = (): Int32Array =>
    Int32Array.from({ length: tokensOf(config) }, () => random.integer(config.vocabulary));
  return { ids: draw(), targets: draw() };
}

/** Equal weights: the mean over all tokens. */
export function meanWeights(config: Gpt2Config): TokenWeights {
  const tokens = tokensOf(config);
  return { total: new Float64Array(tokens).fill(1 / tokens) };
}

/** A step on some kernels. */
export interface TrainingStep {
  readonly model: Gpt2;
  /** Parameters now. */
  readonly parameters: Parameters;
  /** One step: the gradients of the labels, added up, and AdamW. */
  run(): void;
  /** Loss and the sum of the labels' gradients where the parameters are now: [1 + parameters]. */
  lossAndGradient(): Float64Array;
  release(): void;
}

/** The step at its beginning. */
export function trainingStep(
  kernels: Kernels,
  config: Gpt2Config,
  weights: TokenWeights,
  dtype: FloatType = 'f32',
): TrainingStep {
  const model = gpt2(config);
  const optimiser = adamw({ learningRate: constant(RATE) });
  const tokens = tokensOf(config);
  const fixed = onKernels(kernels, () => {
    const drawn = drawTokens(config);
    const cotangents = Object.entries(weights).map(([label, w]) => [label, tensor(w, { dtype })]);
    return {
      ids: reshape(indices(drawn.ids), [BATCH, config.context]),
      targets: indices(drawn.targets),
      cotangents: Object.fromEntries(cotangents) as Record<string, Tensor>,
    };
  });
  const losses = (p: Parameters): Tensor =>
    crossEntropy(reshape(model.logits(p, fixed.ids), [tokens, config.vocabulary]), fixed.targets);
  let now = onKernels(kernels, () => {
    const parameters = model.initial(randomStream(1, 'step'), dtype);
    return { parameters, state: optimiser.initial(parameters) };
  });
  let steps = 0;
  const run = (): void => {
    const next = onKernels(kernels, () => {
      const gradient = sumOfLabels(vjp(losses, now.parameters).pullback(fixed.cotangents));
      const { updates, state } = optimiser.update(gradient, now.state, now.parameters, steps);
      return { parameters: applyUpdates(now.parameters, updates), state };
    });
    disposeAll(now.parameters, now.state);
    now = next;
    steps++;
  };
  const total = Object.values(weights).reduce((sum, w) => sum.map((x, i) => x + w[i]!));
  return {
    model,
    get parameters() {
      return now.parameters;
    },
    run,
    lossAndGradient: () =>
      onKernels(kernels, () => {
        const { value, pullback } = vjp(losses, now.parameters);
        const loss = hostValues(value).reduce((sum, x, i) => sum + x * total[i]!, 0);
        const gradient = sumOfLabels(pullback(fixed.cotangents));
        const values = hostValues(...Object.values(gradient));
        const out = new Float64Array(1 + values.length);
        out[0] = loss;
        out.set(values, 1);
        return out;
      }),
    release: () =>
      disposeAll(now.parameters, now.state, fixed.cotangents, { a: fixed.ids, b: fixed.targets }),
  };
}

/**
 * Judges [loss, gradient …] against another in norm: every sum on the way, of n terms, errs by n·u in norm, and the sums of a
 * step are, forward and twice back, those over d, T, h, d, d, 4·d of each block, and over the tokens.
 * @returns the larger error of loss and gradient over what it may be: 1 is the limit
 */
export function judgeGradient(
  { config: { width, context, layers, vocabulary } }: Gpt2,
  expected: Float64Array,
  found: ArrayLike<number>,
): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const block = 8 * width + context;
  const terms = 3 * (layers * block + width + vocabulary) + BATCH * context;
  const allowed = terms * 2 ** -24;
  let [difference, size] = [0, 0];
  for (let i = 1; i < expected.length; i++) {
    difference += (found[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  const loss = Math.abs(found[0]! / expected[0]! - 1) / allowed;
  const ratio = Math.max(loss, Math.sqrt(difference / size) / allowed);
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
}
