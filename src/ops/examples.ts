// Random shapes and values for the ops' examples: empty and size-1 axes, broadcasting, values away from kinks.
import type { RandomStream } from '../base/random.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';

/** A shape of `minRank` … `maxRank` axes of size 1 … 3, occasionally 0. */
export function randomShape(random: RandomStream, minRank = 0, maxRank = 3): number[] {
  const rank = minRank + random.integer(maxRank - minRank + 1);
  return Array.from({ length: rank }, () => (random.integer(12) === 11 ? 0 : 1 + random.integer(3)));
}

/** Two shapes that broadcast: some axes of each become 1, some leading axes of the second disappear. */
export function broadcastingShapes(random: RandomStream, maxRank = 3): [number[], number[]] {
  const shape = randomShape(random, 0, maxRank);
  const narrowed = (): number[] => shape.map((axis) => (random.integer(4) === 3 ? 1 : axis));
  return [narrowed(), narrowed().slice(random.integer(shape.length + 1))];
}

/** One of the axes, counted from the start or the end. */
export function randomAxis(random: RandomStream, rank: number): number {
  return random.integer(2 * rank) - rank;
}

/** A tensor of independent values drawn by `draw`. */
export function drawn(shape: Shape, draw: () => number): Tensor {
  return tensor(
    Array.from({ length: sizeOf(shape) }, () => draw()),
    { shape },
  );
}

/** Standard normal values. */
export function normal(random: RandomStream, shape: Shape): Tensor {
  return drawn(shape, () => random.normal());
}

/** Values in [0.5, 2). */
export function positive(random: RandomStream, shape: Shape): Tensor {
  return drawn(shape, () => 0.5 + 1.5 * random.uniform());
}

/** Values in ±[0.5, 2): away from zero. */
export function nonzero(random: RandomStream, shape: Shape): Tensor {
  return drawn(shape, () => (random.uniform() < 0.5 ? -1 : 1) * (0.5 + 1.5 * random.uniform()));
}

/** Distinct values at least 0.1 apart, in random order, starting at `start`. */
export function distinct(random: RandomStream, shape: Shape, start = -1): Tensor {
  const order = Array.from({ length: sizeOf(shape) }, (_, i) => ({ i, key: random.uniform() }));
  order.sort((a, b) => a.key - b.key);
  const values = new Float64Array(order.length);
  order.forEach(({ i }, rank) => {
    values[i] = start + 0.3 * rank + 0.2 * random.uniform();
  });
  return tensor(values, { shape });
}

/** Two tensors of broadcasting shapes whose values are nowhere closer than 0.1. */
export function apart(random: RandomStream): [Tensor, Tensor] {
  const [a, b] = broadcastingShapes(random);
  // Multiples of one half, moved by less than 0.2 up in one operand and by 0.3 … 0.4 in the other.
  const grid = (low: number, width: number) => (): number =>
    Math.round(4 * random.uniform()) / 2 - 1 + low + width * random.uniform();
  return [drawn(a, grid(0, 0.2)), drawn(b, grid(0.3, 0.1))];
}
