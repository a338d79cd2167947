// The Shapley value against its definition over orders, its interval, and the episodes of swapped policies.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { scope, useKernels } from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { atTemperature, decodable, type JudgedEpisode } from '../../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import {
  estimateShapley,
  evaluationEpisodes,
  gridOf,
  shapley,
  swapEpisodes,
} from '../../../src/training/index.ts';
import { tinyTrainer } from '../runs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const OPTIONS = { episodes: 12, seed: 3, drawing: atTemperature(1) };

test('the Shapley value is the mean gain over both orders of joining', () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(value, value, value, value, (none, decides, samples, both) => {
      const v = { 'a/a': none, 'a/b': decides, 'b/a': samples, 'b/b': both };
      const orders = [
        { sample: samples - none, decision: both - samples },
        { sample: both - decides, decision: decides - none },
      ];
      const of = (part: 'sample' | 'decision'): number => (orders[0]![part] + orders[1]![part]) / 2;
      const found = shapley(v);
      const bound = 8 * Number.EPSILON;
      expect(Math.abs(found.sample - of('sample'))).toBeLessThan(bound);
      expect(Math.abs(found.decision - of('decision'))).toBeLessThan(bound);
      expect(Math.abs(found.sample + found.decision - (both - none))).toBeLessThan(bound);
    }),
  );
});

/** Episodes of one attempt, right where the list says so. */
function episodes(right: readonly boolean[]): JudgedEpisode[] {
  return right.map((one) => ({ right: [one], stop: [] }));
}

test('the interval is paired: a gain that is the same at every prompt has none', () => {
  const random = randomStream(1, 'right');
  const hard = Array.from({ length: 200 }, () => random.uniform() < 0.5);
  const same = gridOf(() => episodes(hard));
  const { sample } = estimateShapley(same, randomStream(2, 'bootstrap'));
  expect(sample).toEqual({ mean: 0, ci95: [0, 0] });
  // Unpaired, two halves of 200 prompts would differ by 0.05 or so.
  const shuffled = gridOf((cell) => episodes(cell.startsWith('b') ? hard.toReversed() : hard));
  const [low, high] = estimateShapley(shuffled, randomStream(2, 'bootstrap')).sample.ci95;
  expect(high - low).toBeGreaterThan(0.05);
});

test('cells are the policies they are named after, at the same prompts', () => {
  scope(() => {
    const trainer = tinyTrainer();
    const [a, b] = [1, 2].map((seed) =>
      decodable(trainer.model, trainer.model.initial(randomStream(seed, 'initial parameters'), 'f32')),
    ) as [ReturnType<typeof decodable>, ReturnType<typeof decodable>];
    const grid = swapEpisodes(trainer, a, b, 'id', OPTIONS);
    expect(grid['a/a']).toEqual(evaluationEpisodes(trainer, a, 'id', OPTIONS));
    expect(grid['b/b']).toEqual(evaluationEpisodes(trainer, b, 'id', OPTIONS));
    // The first attempt is drawn by x alone, with the same random numbers.
    const first = (episodes: readonly JudgedEpisode[]): boolean[] => episodes.map(({ right }) => right[0]!);
    expect(first(grid['a/b'])).toEqual(first(grid['a/a']));
    expect(first(grid['b/a'])).toEqual(first(grid['b/b']));
    expect(grid['a/b'].map(({ stop }) => stop[0])).not.toEqual(grid['a/a'].map(({ stop }) => stop[0]));
  });
});

test('prompts depend on seed and split', () => {
  scope(() => {
    const trainer = tinyTrainer();
    const policy = decodable(trainer.model, trainer.model.initial(randomStream(1, 'p'), 'f32'));
    const played = (split: 'id' | 'ood', seed: number): JudgedEpisode[] =>
      evaluationEpisodes(trainer, policy, split, { ...OPTIONS, seed });
    expect(played('id', 3)).toEqual(played('id', 3));
    expect(played('id', 3)).not.toEqual(played('id', 4));
    expect(played('id', 3)).not.toEqual(played('ood', 3));
  });
});
