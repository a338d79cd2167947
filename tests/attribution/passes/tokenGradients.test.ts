// Gradients of labels, Gram matrices, trajectories and influences against plain reverse and forward mode over the whole network.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type DenseGradients,
  denseReducer,
  dot,
  gramReducer,
  influenceOf,
  norm2,
  tokenGradients,
  tokenLogProbsOf,
  toTensor,
  trajectoryReducer,
} from '../../../src/attribution/index.ts';
import { grad, jvp, type Parameters, scope } from '../../../src/autodiff/index.ts';
import { weightsInMemory } from '../../../src/nn/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { BATCH, NETWORKS, plainLogProbs, SEEDS, spread, weighted } from './cases.ts';

beforeAll(chooseKernels);

/** Two orders of adding the same terms; a longest chain of some hundred additions and products, each within ε of its size. */
const TOLERANCE = 1000 * 2 ** -52;

const LABELS = Object.keys(SEEDS);

/** Within the tolerance of a size, that of what is expected if left out. */
function near(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  size = norm2(Float64Array.from(expected)),
): boolean {
  const difference = Float64Array.from(expected, (x, i) => x - found[i]!);
  return found.length === expected.length && norm2(difference) <= TOLERANCE * size;
}

function flat(gradient: Readonly<Record<string, { readonly values: ArrayLike<number> }>>): Float64Array {
  return Float64Array.from(Object.values(gradient).flatMap(({ values }) => [...Array.from(values)]));
}

/** ‖g‖ of all parameters: a parameter on which nothing depends, as the biases of keys, has but the rounding errors of others. */
function sizeOf(gradient: Readonly<Record<string, Float64Array>>): number {
  return norm2(Float64Array.from(Object.values(gradient), norm2));
}

describe.each(NETWORKS)('%s', (_, network) => {
  const paths = network.layout.map(({ path }) => path);
  const plainGradient = (parameters: Parameters, seeds: Float64Array): Record<string, Float64Array> =>
    scope(() => {
      const gradient = grad((p: Parameters) => weighted(plainLogProbs(network, p, BATCH), seeds))(parameters);
      return Object.fromEntries(paths.map((path) => [path, Float64Array.from(gradient[path]!.readSync())]));
    });

  test('log-probabilities are those of whole logits', async () => {
    const parameters = spread(network, 1);
    const expected = scope(() => [...plainLogProbs(network, parameters, BATCH).readSync()]);
    const found = await tokenLogProbsOf(network, weightsInMemory(parameters), BATCH);
    expect(near(found, expected)).toBe(true);
    const other = await tokenLogProbsOf(network, weightsInMemory(spread(network, 2)), BATCH);
    expect(near(other, expected)).toBe(false);
  });

  test('dense gradients, Gram matrices and trajectories are those of plain gradients', async () => {
    const parameters = spread(network, 1);
    const [dense, gram, trajectories] = [denseReducer(), gramReducer(), trajectoryReducer()];
    await tokenGradients(network, weightsInMemory(parameters), BATCH, SEEDS, [dense, gram, trajectories]);
    const gradients: DenseGradients = dense.result();
    const plain = LABELS.map((label) => plainGradient(parameters, SEEDS[label]!));
    for (const [l, label] of LABELS.entries()) {
      expect(Object.keys(gradients[label]!).sort()).toEqual([...paths].sort());
      for (const path of paths) {
        expect([
          label,
          path,
          near(gradients[label]![path]!.values, plain[l]![path]!, sizeOf(plain[l]!)),
        ]).toEqual([label, path, true]);
      }
    }
    // Control: the gradient of one label is not that of another.
    expect(near(flat(gradients[LABELS[0]!]!), flat(gradients[LABELS[1]!]!))).toBe(false);

    const { labels, gram: matrices } = gram.result();
    expect(labels).toEqual(LABELS);
    for (const path of paths) {
      const expected = plain.flatMap((x) => plain.map((y) => dot(x[path]!, y[path]!)));
      // Errors of an inner product are of the size of the norms, not of the product.
      const sizes = plain.flatMap((x) => plain.map((y) => sizeOf(x) * sizeOf(y)));
      for (const [i, product] of expected.entries()) {
        expect(Math.abs(matrices[path]![i]! - product)).toBeLessThanOrEqual(TOLERANCE * sizes[i]!);
      }
    }

    const { squaredNorm, withBatch } = trajectories.result();
    const total = LABELS.reduce(
      (sum, label) => sum.map((x, t) => x + SEEDS[label]![t]!),
      new Float64Array(12),
    );
    const whole = plainGradient(parameters, total);
    const all = sizeOf(whole);
    for (let b = 0; b < 3; b++) {
      const own = total.map((x, t) => (t >= BATCH.offsets[b]! && t < BATCH.offsets[b + 1]! ? x : 0));
      const gradient = plainGradient(parameters, own);
      const size = sizeOf(gradient);
      for (const path of paths) {
        expect(Math.abs(squaredNorm[path]![b]! - norm2(gradient[path]!) ** 2)).toBeLessThanOrEqual(
          2 * TOLERANCE * size ** 2,
        );
        const product = dot(gradient[path]!, whole[path]!);
        expect(Math.abs(withBatch[path]![b]! - product)).toBeLessThanOrEqual(TOLERANCE * size * all);
      }
    }
  });

  test('influences are directional derivatives, and inner products with gradients', async () => {
    const parameters = spread(network, 1);
    const weights = weightsInMemory(parameters);
    const tangents = spread(network, 3);
    const expected = scope(() => [
      ...jvp((p: Parameters) => plainLogProbs(network, p, BATCH), parameters, tangents).tangent.readSync(),
    ]);
    expect(near(await influenceOf(network, weights, BATCH, weightsInMemory(tangents)), expected)).toBe(true);

    const dense = denseReducer((path) => path.startsWith('block1.'));
    await tokenGradients(network, weights, BATCH, SEEDS, [dense]);
    const { policy } = dense.result();
    const along = await influenceOf(network, weights, BATCH, {
      load: (asked) =>
        Object.fromEntries(
          asked.flatMap((path) => (policy![path] === undefined ? [] : [[path, toTensor(policy![path]!)]])),
        ),
    });
    const length = norm2(flat(policy!));
    expect(Math.abs(dot(along, SEEDS.policy!) - length ** 2)).toBeLessThanOrEqual(TOLERANCE * length ** 2);
    // Control: along another label it is not its own length.
    expect(Math.abs(dot(along, SEEDS.kl!) - length ** 2)).toBeGreaterThan(TOLERANCE * length ** 2);
  });
});
