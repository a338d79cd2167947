// Cases for the tests of many labels in one sweep: a small transformer, labels by component and term, one pullback a label.
import {
  cast,
  crossEntropy,
  type FloatType,
  mul,
  reshape,
  type Tensor,
  tensor,
} from '../../../../src/autodiff/index.ts';
import { mapGroups } from '../../../../src/autodiff/trace/parameters.ts';
import { type RandomStream, randomStream } from '../../../../src/base/random.ts';
import { gpt2 } from '../../../../src/nn/index.ts';
import { type Groups, numbers } from '../../programs.ts';

/** Standard normal values. */
export function normalOf(shape: readonly number[], random: RandomStream, dtype: FloatType = 'f64'): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float64Array.from({ length: size }, () => random.normal()),
    { shape, dtype },
  );
}

/** Of a `vjp` whose parameters are groups. */
export type Pullback = (c: Record<string, Tensor>) => Record<string, Groups>;

/** The gradients of every label, each in a pullback of its own. */
export function oneByOne(pullback: Pullback, labels: Record<string, Tensor>): Record<string, Groups> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, cotangent]) => [label, pullback({ [label]: cotangent })[label]!]),
  );
}

/** The values of every label's gradients. */
export function hostNumbers(gradients: Record<string, Groups>): Record<string, Record<string, number[]>> {
  return Object.fromEntries(Object.entries(gradients).map(([label, groups]) => [label, numbers(groups)]));
}

/** Per-token cross-entropies of a small transformer on sequences of 6 tokens; its parameters are rounded to f32 first. */
export function transformer(dtype: FloatType, seed: number, batch = 2) {
  const random = randomStream(seed, 'transformer');
  const [length, vocabulary] = [6, 5];
  const network = gpt2({ vocabulary, context: length, width: 8, layers: 2, heads: 2, tied: true });
  const tokens = (): number[] => Array.from({ length: batch * length }, () => random.integer(vocabulary));
  const ids = tensor(tokens(), { shape: [batch, length], dtype: 'i32' });
  const targets = tensor(tokens(), { dtype: 'i32' });
  // Larger than at the beginning of training, so that attention is not uniform.
  const p: Groups = mapGroups(network.initial(random, 'f32'), (x) => cast(mul(x, 10), dtype));
  const logits = (q: Groups): Tensor => reshape(network.logits(q, ids), [batch * length, vocabulary]);
  return { p, logits, losses: (q: Groups): Tensor => crossEntropy(logits(q), targets), random };
}

/** Labels of 2 sequences of 6 tokens: places 0 and 1, the others, and by turns one token alone. */
export function byEnd(dtype: FloatType, random: RandomStream): Record<string, Tensor> {
  const cotangent = (isOwn: (sequence: number, place: number) => boolean): Tensor =>
    tensor(
      Array.from({ length: 12 }, (_, r) => (isOwn(Math.floor(r / 6), r % 6) ? random.normal() : 0)),
      { dtype },
    );
  return {
    start: cotangent((_, place) => place < 2),
    rest: cotangent((sequence, place) => place > 1 && !(sequence === 1 && place === 3)),
    token: cotangent((sequence, place) => sequence === 1 && place === 3),
  };
}

/** Rows of the layout of traces: every third position is a decision token. */
export function componentsTimesTerms(
  rows: number,
  dtype: FloatType,
  random: RandomStream,
): Record<string, Tensor> {
  const cotangent = (decision: boolean, draw: () => number): Tensor =>
    tensor(
      Array.from({ length: rows }, (_, r) => ((r % 3 === 2) === decision ? draw() : 0)),
      { dtype },
    );
  return {
    'decision.reward': cotangent(true, () => random.normal()),
    'decision.kl': cotangent(true, () => 0.1),
    'sample.reward': cotangent(false, () => random.normal()),
    'sample.kl': cotangent(false, () => 0.1),
  };
}
