// Gradients of labels, Gram matrices, trajectories and influences against plain reverse and forward mode over the whole network.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type DenseGradients,
  denseReducer,
  dot,
  gram,
  gramReducer,
  influenceOf,
  norm2,
  type ResponseBatch,
  split,
  tokenGradients,
  tokenLogProbsOf,
  toTensor,
  trajectoryNorms,
  trajectoryReducer,
} from '../../../src/attribution/index.ts';
import { grad, jvp, memory, type Parameters, scope } from '../../../src/autodiff/index.ts';
import { weightsInMemory } from '../../../src/nn/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { BATCH, NETWORKS, ONE_RECTANGLE, plainLogProbs, SEEDS, SHORT, spread, weighted } from './cases.ts';

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

/** Rectangles, how many logits at once, and whether tables are made for each label. */
const WAYS = [
  ['two rectangles', BATCH, {}],
  ['one rectangle', ONE_RECTANGLE, {}],
  ['few rows', SHORT, {}],
  ['few rows, tables never whole', SHORT, { largestTable: 1 }],
  ['few logits at once', BATCH, { logitsAtOnce: 5 * 13 }],
  ['tables never whole', BATCH, { largestTable: 1 }],
  ['tables never whole, few logits', ONE_RECTANGLE, { largestTable: 1, logitsAtOnce: 5 * 13 }],
] as const;

describe.each(NETWORKS)('%s', (name, network) => {
  // Where nothing is shared there are fewer ways to go wrong.
  const ways = network.config.tied ? WAYS : WAYS.slice(3, 5);
  const paths = network.layout.map(({ path }) => path);
  const plainGradient = (
    parameters: Parameters,
    seeds: Float64Array,
    batch: ResponseBatch = BATCH,
  ): Record<string, Float64Array> =>
    scope(() => {
      const gradient = grad((p: Parameters) => weighted(plainLogProbs(network, p, batch), seeds))(parameters);
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

  test.each(ways)(
    'dense gradients, Gram matrices and trajectories are those of plain gradients: %s',
    async (_, batch, options) => {
      const parameters = spread(network, 1);
      const [dense, gram, trajectories] = [denseReducer(), gramReducer(), trajectoryReducer()];
      const weights = weightsInMemory(parameters);
      const count = batch.targets.length;
      const seeds = Object.fromEntries(LABELS.map((label) => [label, SEEDS[label]!.slice(0, count)]));
      const before = memory().live;
      if ('largestTable' in options && name.startsWith('own')) {
        const run = tokenGradients(network, weights, batch, seeds, [gram, trajectories], options);
        await expect(run).rejects.toThrow('"embedding.token.weight" is used for something else');
        expect(memory().live).toBe(before);
        return;
      }
      const logProbs = await tokenGradients(network, weights, batch, seeds, [gram, trajectories], options);
      await tokenGradients(network, weights, batch, seeds, [dense], options);
      expect(memory().live).toBe(before);
      expect([...logProbs]).toEqual([...(await tokenLogProbsOf(network, weights, batch, options))]);
      const gradients: DenseGradients = dense.result();
      const plain = LABELS.map((label) => plainGradient(parameters, seeds[label]!, batch));
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
        (sum, label) => sum.map((x, t) => x + seeds[label]![t]!),
        new Float64Array(count),
      );
      const whole = plainGradient(parameters, total, batch);
      const all = sizeOf(whole);
      for (let b = 0; b + 1 < batch.offsets.length; b++) {
        const own = total.map((x, t) => (t >= batch.offsets[b]! && t < batch.offsets[b + 1]! ? x : 0));
        const gradient = plainGradient(parameters, own, batch);
        const size = sizeOf(gradient);
        for (const path of paths) {
          expect(Math.abs(squaredNorm[path]![b]! - norm2(gradient[path]!) ** 2)).toBeLessThanOrEqual(
            2 * TOLERANCE * size ** 2,
          );
          const product = dot(gradient[path]!, whole[path]!);
          expect(Math.abs(withBatch[path]![b]! - product)).toBeLessThanOrEqual(TOLERANCE * size * all);
        }
      }
    },
  );

  test.each(['gradients', 'influences', 'log-probabilities'])(
    '%s: a hook that throws ends it, and nothing stays',
    async (pass) => {
      const weights = weightsInMemory(spread(network, 1));
      const before = memory().live;
      const steps: number[] = [];
      let last = Number.POSITIVE_INFINITY;
      const hooks = {
        onProgress: (done: number, total: number) => {
          steps.push(done / total);
          if (steps.length === last) throw new Error('stop');
        },
      };
      const run = (): Promise<unknown> => {
        if (pass === 'gradients')
          return tokenGradients(network, weights, BATCH, SEEDS, [gramReducer(), trajectoryReducer()], hooks);
        return pass === 'influences'
          ? influenceOf(network, weights, BATCH, weights, hooks)
          : tokenLogProbsOf(network, weights, BATCH, hooks);
      };
      await run();
      expect(steps.at(-1)).toBe(1);
      const count = steps.length;
      for (last = 1; last <= count; last++) {
        steps.length = 0;
        await expect(run()).rejects.toThrow('stop');
      }
      expect(memory().live).toBe(before);
    },
  );

  test('influences are directional derivatives, and inner products with gradients', async () => {
    const parameters = spread(network, 1);
    const weights = weightsInMemory(parameters);
    const tangents = spread(network, 3);
    const expected = scope(() => [
      ...jvp((p: Parameters) => plainLogProbs(network, p, BATCH), parameters, tangents).tangent.readSync(),
    ]);
    for (const options of [{}, { logitsAtOnce: 5 * 13 }]) {
      const found = await influenceOf(network, weights, BATCH, weightsInMemory(tangents), options);
      expect(near(found, expected)).toBe(true);
    }

    const dense = denseReducer((path) => path.startsWith(`block${network.config.layers - 1}.`));
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

test('the usual questions have the answers of the reducers', async () => {
  const [, network] = NETWORKS[0]!;
  const weights = weightsInMemory(spread(network, 1));
  const reducers = [denseReducer(), gramReducer(), trajectoryReducer()] as const;
  await tokenGradients(network, weights, BATCH, SEEDS, reducers);
  const asked = { network, weights, batch: BATCH, seeds: SEEDS };
  expect(await split(asked)).toEqual(reducers[0].result());
  expect(await gram(asked)).toEqual(reducers[1].result());
  expect(await trajectoryNorms(asked)).toEqual(reducers[2].result());
  // Control: other seeds have other answers.
  const other = { ...SEEDS, kl: SEEDS.policy! };
  expect(await gram({ ...asked, seeds: other })).not.toEqual(reducers[1].result());
});
