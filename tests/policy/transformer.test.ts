// The transformer on a tree: its table of logits against the network run on each history alone.
import { beforeAll, expect, test } from 'vitest';
import { indices, reshape, scope, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { decisionKeys, sampleKeys } from '../../src/policy/shape.ts';
import { transformerPolicy } from '../../src/policy/transformer.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const shape = { attempts: 2, length: 2, vocabulary: 3 };

/** Tokens of a history key as the network reads them: the prompt first, RESAMPLE for every '/'. */
function inputsOf(key: string): number[] {
  const tokens = key.match(/\d+|\//g) ?? [];
  return [shape.vocabulary + 2, ...tokens.map((t) => (t === '/' ? shape.vocabulary + 1 : Number(t)))];
}

test('every row of the table is the network’s output after that history', () => {
  scope(() => {
    const { tables, model, graph } = transformerPolicy(shape, { width: 8, layers: 1, heads: 2 });
    const parameters = model.initial(randomStream(3, 'test'), 'f64');
    const { sample, decision } = tables(parameters);
    expect([sample.size, decision.size]).toEqual([graph.sampleSlots, graph.slots - graph.sampleSlots]);
    const compare = (keys: Iterable<string>, table: ArrayLike<number>, from: number, arity: number): void => {
      let row = 0;
      for (const key of keys) {
        const ids = inputsOf(key);
        const out = model.logits(parameters, reshape(indices(ids), [1, ids.length])).readSync();
        const last = (ids.length - 1) * (shape.vocabulary + 3);
        for (let a = 0; a < arity; a++) {
          // Two runs of the same network in another batch: a few roundings of logits of size below 1.
          expect(Math.abs(table[row * arity + a]! - out[last + from + a]!)).toBeLessThan(1e-13);
        }
        row++;
      }
      expect(row * arity).toBe(table.length);
    };
    compare(sampleKeys(shape), sample.readSync(), 0, 3);
    compare(decisionKeys(shape), decision.readSync(), 3, 2);
  });
});

test('more trajectories than can be enumerated are refused before anything is built', () => {
  expect(() =>
    transformerPolicy({ attempts: 3, length: 5, vocabulary: 5 }, { width: 8, layers: 1, heads: 2 }),
  ).toThrow(/trajectories; at most 2000000/);
});
