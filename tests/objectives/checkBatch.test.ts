// The checks an objective starts with: each field, too short, too long, out of range.
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/autodiff/index.ts';
import { ShapeError } from '../../src/base/errors.ts';
import { checkBatch, objectiveNames, objectives, type TokenBatch } from '../../src/objectives/index.ts';
import './engine.ts';

const good: TokenBatch = {
  offsets: Int32Array.of(0, 2, 3),
  logProb: Float64Array.of(-1, -2, -3),
  oldLogProb: Float64Array.of(-1, -2, -3),
  refLogProb: Float64Array.of(-1, -2, -3),
  mask: Uint8Array.of(1, 1, 1),
  component: Uint8Array.of(0, 1, 0),
  attempt: Int32Array.of(0, 0, 0),
  reward: Float64Array.of(1, 0),
  group: Int32Array.of(0, 0),
  value: Float64Array.of(0, 0, 0),
  samplerLogProb: Float64Array.of(-1, -2, -3),
  rewards: [Float64Array.of(1, 0), Float64Array.of(0, 0)],
};

const wrong: [string, Partial<TokenBatch>, string][] = [
  ['no trajectory', { offsets: Int32Array.of(0) }, 'batch.offsets: expected at least 2 entries, found 1'],
  [
    'offsets that end early',
    { offsets: Int32Array.of(0, 1, 2) },
    'batch.offsets: expected to run from 0 to 3 (the tokens of logProb), found 0 to 2',
  ],
  [
    'offsets that fall',
    { offsets: Int32Array.of(0, 4, 3) },
    'batch.offsets[2]: expected at least 4, found 3',
  ],
  [
    'old',
    { oldLogProb: Float64Array.of(-1) },
    'batch.oldLogProb: expected 3 entries (one per token), found 1',
  ],
  [
    'reference',
    { refLogProb: new Float64Array(4) },
    'batch.refLogProb: expected 3 entries (one per token), found 4',
  ],
  ['mask', { mask: Uint8Array.of(1) }, 'batch.mask: expected 3 entries (one per token), found 1'],
  [
    'component',
    { component: new Uint8Array(2) },
    'batch.component: expected 3 entries (one per token), found 2',
  ],
  ['attempt', { attempt: new Int32Array(0) }, 'batch.attempt: expected 3 entries (one per token), found 0'],
  [
    'reward',
    { reward: Float64Array.of(1) },
    'batch.reward: expected 2 entries (one per trajectory), found 1',
  ],
  [
    'group',
    { group: Int32Array.of(1, 2, 3) },
    'batch.group: expected 2 entries (one per trajectory), found 3',
  ],
  ['value', { value: Float64Array.of(1) }, 'batch.value: expected 3 entries (one per token), found 1'],
  [
    'sampler',
    { samplerLogProb: Float64Array.of(1) },
    'batch.samplerLogProb: expected 3 entries (one per token), found 1',
  ],
  [
    'a sampler that is no number',
    { samplerLogProb: Float64Array.of(-1, Number.NaN, -1) },
    'batch.samplerLogProb[1]: expected a finite number, found NaN',
  ],
  [
    'rewards by function',
    { rewards: [Float64Array.of(1, 0), Float64Array.of(1)] },
    'batch.rewards[1]: expected 2 entries (one per trajectory), found 1',
  ],
  [
    'rewards by function that are no numbers',
    { rewards: [Float64Array.of(1, Number.NaN)] },
    'batch.rewards[0][1]: expected a finite number, found NaN',
  ],
  [
    'NaN',
    { logProb: Float64Array.of(-1, Number.NaN, 0) },
    'batch.logProb[1]: expected a finite number, found NaN',
  ],
  [
    'log 0',
    { refLogProb: Float64Array.of(-1, -1, Number.NEGATIVE_INFINITY) },
    'batch.refLogProb[2]: expected a finite number, found -Infinity',
  ],
  [
    'an infinite reward',
    { reward: Float64Array.of(Number.POSITIVE_INFINITY, 0) },
    'batch.reward[0]: expected a finite number, found Infinity',
  ],
  ['a mask of 2', { mask: Uint8Array.of(1, 2, 1) }, 'batch.mask[1]: expected 0 or 1, found 2'],
  [
    'a third component',
    { component: Uint8Array.of(0, 1, 2) },
    'batch.component[2]: expected 0 or 1, found 2',
  ],
  [
    'a negative attempt',
    { attempt: Int32Array.of(0, 0, -1) },
    'batch.attempt[2]: expected an attempt counted from 0, found -1',
  ],
];

it('accepts a batch that fits, with or without values', () => {
  checkBatch(good);
  const { value: _, ...without } = good;
  checkBatch(without);
});

describe.each(wrong)('%s', (_, changes, message) => {
  it('is a ShapeError that names the place', () => {
    expect(() => checkBatch({ ...good, ...changes })).toThrow(new ShapeError(message));
  });

  it('is refused by loss and weights of every objective', () => {
    const batch = { ...good, ...changes };
    for (const name of objectiveNames) {
      const options = objectives[name].parseOptions({});
      expect(() => objectives[name].weights(batch, options)).toThrow(ShapeError);
      const logProb = tensor(new Float64Array(3));
      expect(() => objectives[name].loss(logProb, batch, options)).toThrow(ShapeError);
      logProb.dispose();
    }
  });
});

it('a loss is refused log-probs of another shape', () => {
  for (const name of objectiveNames) {
    const { loss, parseOptions } = objectives[name];
    const short = tensor(new Float64Array(2));
    const column = tensor(new Float64Array(3), { shape: [3, 1] });
    expect(() => loss(short, good, parseOptions({}))).toThrow(
      new ShapeError('logProb: expected shape [3] (one per token), found [2]'),
    );
    expect(() => loss(column, good, parseOptions({}))).toThrow(ShapeError);
    short.dispose();
    column.dispose();
  }
});
