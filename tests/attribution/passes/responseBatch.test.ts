// Batches that do not fit a network are refused, each with the place named; the batch they were made from is accepted.
import { describe, expect, test } from 'vitest';
import {
  checkResponseBatch,
  gramReducer,
  type ResponseBatch,
  tokenGradients,
} from '../../../src/attribution/index.ts';
import { weightsInMemory } from '../../../src/nn/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { BATCH, NETWORKS, SEEDS, spread } from './cases.ts';

chooseKernels();

const SIZES = { vocabulary: 13, context: 9 };

function changed(key: 'rows' | 'targets' | 'offsets', at: number, value: number): ResponseBatch {
  const values = BATCH[key].slice();
  values[at] = value;
  return { ...BATCH, [key]: values };
}

describe('checkResponseBatch', () => {
  test('accepts a batch that fits', () => {
    expect(() => checkResponseBatch(BATCH, SIZES)).not.toThrow();
  });

  test.each([
    [
      'a token outside the vocabulary',
      changed('targets', 2, 13),
      'targets[2]: expected a token in [0, 13), found 13',
    ],
    [
      'a row that does not exist',
      changed('rows', 8, 18),
      'rows[8]: expected ascending rows below 18, found 18',
    ],
    ['rows that do not ascend', changed('rows', 1, 1), 'rows[1]: expected ascending rows'],
    [
      'a trajectory in two rows',
      changed('rows', 2, 5),
      'rows of trajectory 0: expected all in one row of the inputs of its own',
    ],
    ['two trajectories in a row', { ...BATCH, offsets: Int32Array.of(0, 1, 3, 12) }, 'rows of trajectory 1'],
    ['offsets that end early', changed('offsets', 3, 11), 'offsets: expected entries from 0 to 12'],
    ['offsets that go back', changed('offsets', 1, 10), 'offsets: expected ascending entries'],
    [
      'a legal mask of another length',
      { ...BATCH, legal: new Uint8Array(3) },
      'legal: expected 156 entries, found 3',
    ],
    ['too few rows', { ...BATCH, rows: BATCH.rows.slice(1) }, 'rows: expected 12 entries, found 11'],
    [
      'a rectangle with a part of a row',
      { ...BATCH, inputs: [{ ids: new Int32Array(9), length: 5 }, BATCH.inputs[1]!] },
      'inputs[0]: expected whole rows of tokens',
    ],
    [
      'a token of an input outside the vocabulary',
      { ...BATCH, inputs: [BATCH.inputs[0]!, { ids: new Int32Array(8).fill(-1), length: 8 }] },
      'inputs[1].ids[0]: expected a token in [0, 13), found -1',
    ],
  ])('refuses %s', (_, batch, message) => {
    expect(() => checkResponseBatch(batch, SIZES)).toThrow(message);
  });

  test('refuses sequences longer than the context', () => {
    expect(() => checkResponseBatch(BATCH, { ...SIZES, context: 7 })).toThrow(
      'inputs[1].length: expected at most the context 7, found 8',
    );
  });
});

describe('tokenGradients', () => {
  const [, network] = NETWORKS[0]!;
  const run = (seeds: Readonly<Record<string, Float64Array>>): Promise<unknown> =>
    tokenGradients(network, weightsInMemory(spread(network, 1)), BATCH, seeds, [gramReducer()]);

  test('refuses seeds that do not fit', async () => {
    await expect(run({ ...SEEDS, kl: new Float64Array(3) })).rejects.toThrow(
      'seeds of "kl": expected 12 entries, found 3',
    );
    await expect(run({})).rejects.toThrow('expected at least one label');
    await expect(run({ ...SEEDS, kl: new Float64Array(12).fill(Number.NaN) })).rejects.toThrow(
      'seeds of "kl": expected finite numbers, found NaN at token 0',
    );
  });
});
