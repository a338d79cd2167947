// Gradients asked for by group, prefix and label.
import { beforeAll, describe, expect, test } from 'vitest';
import { mul, sum, type Tensor, tensor, vjp } from '../../src/autodiff/index.ts';
import { byGroup, gpt2, groupOf, sumOfLabels, withPrefix } from '../../src/nn/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { CONFIGS, idsTensor, spreadParameters } from './models.ts';

beforeAll(chooseKernels);

const paths = Object.fromEntries(gpt2({ ...CONFIGS[1]!, layers: 11 }).layout.map(({ path }) => [path, path]));

test('a group is a path without its last step', () => {
  expect(groupOf('block0.attention.query.weight')).toBe('block0.attention.query');
  expect(groupOf('weight')).toBe('');
});

describe('by prefix', () => {
  test.each([
    ['block0.attention.query', ['block0.attention.query.weight', 'block0.attention.query.bias']],
    ['head.weight', ['head.weight']],
    ['embedding', ['embedding.token.weight', 'embedding.position.weight']],
    ['norm', ['norm.weight', 'norm.bias']],
  ])('%s', (prefix, expected) => {
    expect(Object.keys(withPrefix(paths, prefix))).toEqual(expected);
  });

  test('whole steps only: block1 is not block10', () => {
    expect(Object.keys(withPrefix(paths, 'block1')).every((path) => path.startsWith('block1.'))).toBe(true);
    expect(Object.keys(withPrefix(paths, 'block1'))).toHaveLength(16);
  });

  test('what is not there is said, with what is near', () => {
    expect(() => withPrefix(paths, 'block0.attention.querry')).toThrow(
      'there is no parameter or group "block0.attention.querry" (did you mean "block0.attention.query"?)',
    );
    expect(() => withPrefix(paths, 'toString')).toThrow('there is no parameter or group');
  });
});

test('groups cover every parameter once', () => {
  const groups = byGroup(paths);
  expect(Object.keys(groups).slice(0, 4)).toEqual([
    'embedding.token',
    'embedding.position',
    'block0.norm1',
    'block0.attention.query',
  ]);
  expect(Object.assign({}, ...Object.values(groups))).toEqual(paths);
  expect(Object.values(groups).reduce((n, group) => n + Object.keys(group).length, 0)).toBe(
    Object.keys(paths).length,
  );
});

describe('by label', () => {
  const gradients = (): Record<string, Record<string, Tensor>> => ({
    sample: { a: tensor([1, 2]), b: tensor(3) },
    decision: { a: tensor([10, 20]), b: tensor(30) },
    kl: { a: tensor([100, 200]), b: tensor(300) },
  });
  const values = (record: Record<string, Tensor>): number[][] =>
    Object.values(record).map((x) => [...x.readSync()]);

  test('labels add up', () => {
    expect(values(sumOfLabels(gradients(), ['sample', 'kl']))).toEqual([[101, 202], [303]]);
    expect(values(sumOfLabels(gradients()))).toEqual([[111, 222], [333]]);
    expect(values(sumOfLabels(gradients(), ['decision']))).toEqual([[10, 20], [30]]);
  });

  test('a label that is not there, or none at all', () => {
    expect(() => sumOfLabels(gradients(), ['sampel'])).toThrow('no label "sampel" (did you mean "sample"?)');
    expect(() => sumOfLabels(gradients(), ['toString'])).toThrow('no label "toString"');
    expect(() => sumOfLabels({})).toThrow('expected at least one label, found none');
  });

  test("a network's gradient by label and group adds up to the plain one", () => {
    const model = gpt2(CONFIGS[2]!);
    const parameters = spreadParameters(model, 1, 'f64');
    const { value, pullback } = vjp((p) => model.logits(p, idsTensor([[1, 2, 3, 4]])), parameters);
    const all = tensor(
      Array.from({ length: value.size }, (_, i) => Math.sin(i)),
      { shape: value.shape },
    );
    const even = tensor(
      Array.from({ length: value.size }, (_, i) => (i % 2 === 0 ? 1 : 0)),
      { shape: value.shape },
    );
    const odd = tensor(
      Array.from({ length: value.size }, (_, i) => i % 2),
      { shape: value.shape },
    );
    const { plain, ...labels } = pullback({ plain: all, even: mul(all, even), odd: mul(all, odd) });
    const total = sumOfLabels(labels);
    for (const [path, x] of Object.entries(withPrefix(plain, 'block1.attention.value'))) {
      const difference = sum(mul(total[path]!, x)).item() - sum(mul(x, x)).item();
      // Some hundred terms of size up to 10.
      expect(Math.abs(difference) / sum(mul(x, x)).item(), path).toBeLessThan(1e-12);
    }
  });
});
