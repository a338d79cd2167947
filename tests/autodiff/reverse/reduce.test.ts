// Gradients given group by group, as terms over rows where ops can say these: added up they are those of pullback.
import { describe, expect, test } from 'vitest';
import {
  add,
  allOps,
  embedding,
  type GradientShare,
  gelu,
  grad,
  indices,
  layerNorm,
  linear,
  linearAdd,
  matmul,
  matmulNT,
  matmulTN,
  memory,
  mul,
  type Parameters,
  type RowTerms,
  rmsNorm,
  scatterAdd,
  scope,
  sum,
  type Tensor,
  tensor,
  vjp,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { chooseKernels } from '../../oracle/kernels.ts';

chooseKernels();

const random = randomStream(3, 'reduce');
const normal = (shape: readonly number[]): Tensor =>
  tensor(
    Float64Array.from({ length: shape.reduce((n, axis) => n * axis, 1) }, () => random.normal()),
    { shape },
  );

/** Sums of some ten products of numbers of size 1, in two orders. */
const TOLERANCE = 1e-13;

/** The terms added up, row by row. */
function addedUp(terms: RowTerms, shape: readonly number[]): number[] {
  return scope(() => {
    switch (terms.kind) {
      case 'outer':
        return [...matmulTN(terms.left, terms.right).readSync()];
      case 'sum':
        return [...sum(terms.values, 0).readSync()];
      case 'placed':
        return [...scatterAdd(terms.values, terms.at, shape[0]!).readSync()];
    }
  });
}

function isNear(found: readonly number[], expected: ArrayLike<number>): boolean {
  return found.length === expected.length && found.every((x, i) => Math.abs(x - expected[i]!) < TOLERANCE);
}

function layers(p: Parameters): Tensor {
  const x = add(embedding(p.table!, indices([2, 0, 2])), p.place!);
  const normed = layerNorm(x, p.gamma!, p.beta!);
  const inside = gelu(linear(normed, p.up!, p.upBias!));
  const after = rmsNorm(linearAdd(inside, p.down!, p.downBias!, x), p.scale!);
  return matmulNT(add(after, p.row!), p.table!);
}

const PARAMETERS = {
  table: normal([4, 3]),
  place: normal([3, 3]),
  gamma: normal([3]),
  beta: normal([3]),
  up: normal([3, 5]),
  upBias: normal([5]),
  down: normal([5, 3]),
  downBias: normal([3]),
  scale: normal([3]),
  row: normal([3]),
  unused: normal([2]),
};

const COTANGENTS = {
  first: normal([3, 4]),
  second: normal([3, 4]),
  few: tensor([0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0], { shape: [3, 4] }),
};

function reduced(cotangents: Readonly<Record<string, Tensor>>): {
  kinds: Record<string, string>;
  total: Record<string, Record<string, number[]>>;
} {
  const kinds: Record<string, string> = {};
  const total: Record<string, Record<string, number[]>> = {};
  scope(() => {
    const take = (
      group: keyof typeof PARAMETERS,
      shares: Readonly<Partial<Record<string, GradientShare>>>,
    ) => {
      for (const [label, share] of Object.entries(shares)) {
        const { shape } = PARAMETERS[group];
        const values = share!.kind === 'dense' ? [...share!.gradient.readSync()] : addedUp(share!, shape);
        kinds[group] = `${kinds[group] ?? ''} ${share!.kind}`;
        total[label] ??= {};
        total[label][group] = values.map((x, i) => x + (total[label]![group]?.[i] ?? 0));
      }
    };
    vjp(layers, PARAMETERS).reduce(cotangents, take);
  });
  return { kinds, total };
}

describe('reduce', () => {
  test.each([
    ['labels that meet', COTANGENTS],
    [
      'labels apart',
      { few: COTANGENTS.few, rest: tensor([1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0], { shape: [3, 4] }) },
    ],
    ['one label', { first: COTANGENTS.first }],
  ] as const)('adds up to pullback: %s', (_, cotangents: Readonly<Record<string, Tensor>>) => {
    const before = memory().live;
    const { total } = reduced(cotangents);
    expect(memory().live).toBe(before);
    const expected = scope(() => {
      const gradients = vjp(layers, PARAMETERS).pullback(cotangents);
      return Object.entries(gradients).map(([label, gradient]) => ({
        label,
        gradient: Object.entries(gradient).map(([group, x]) => ({ group, values: [...x.readSync()] })),
      }));
    });
    for (const { label, gradient } of expected) {
      for (const { group, values } of gradient) {
        if (group === 'unused') expect(total[label]![group]).toBeUndefined();
        else expect([label, group, isNear(total[label]![group]!, values)]).toEqual([label, group, true]);
      }
    }
    // Control: another seed gives others.
    const { up } = scope(() => ({
      up: [
        ...vjp(layers, PARAMETERS)
          .pullback({ x: normal([3, 4]) })
          .x.up.readSync(),
      ],
    }));
    expect(isNear(total[Object.keys(cotangents)[0]!]!.up!, up)).toBe(false);
  });

  test('gives weights, biases, scales and tables as terms, and the rest as it is', () => {
    const { kinds } = reduced({ first: COTANGENTS.first });
    expect(kinds).toEqual({
      table: ' outer placed',
      row: ' sum',
      scale: ' sum',
      down: ' outer',
      downBias: ' sum',
      up: ' outer',
      upBias: ' sum',
      gamma: ' sum',
      beta: ' sum',
      place: ' dense',
    });
  });

  test('along a group: only ops that depend on it give terms', () => {
    const kinds: Record<string, string[]> = {};
    const at = { x: normal([3, 3]), first: normal([3, 3]), second: normal([3, 3]) };
    const { value, reduce } = vjp(({ x, first, second }) => matmul(x, matmul(first, second)), at);
    for (const along of [undefined, 'x', 'first'] as const) {
      kinds[String(along)] = [];
      reduce({ one: value }, (group, { one }) => kinds[String(along)]!.push(`${group} ${one!.kind}`), along);
    }
    expect(kinds).toEqual({
      undefined: ['second outer', 'x dense', 'first dense'],
      x: ['x dense', 'first dense', 'second dense'],
      first: ['second outer', 'x dense', 'first dense'],
    });
  });

  test('inside another transform shares are dense, and can be differentiated again', () => {
    const x = normal([2, 3]);
    // ½‖∂/∂w Σ(x·w)²‖² = 2·‖xᵀ·x·w‖²
    const half = ({ w }: { readonly w: Tensor }): Tensor => {
      let gradient: Tensor | undefined;
      const { value, reduce } = vjp(({ v }) => matmul(x, v), { v: w });
      reduce({ one: mul(value, 2) }, (_, { one }) => {
        if (one?.kind === 'dense') gradient = mul(one.gradient, 1);
      });
      return mul(sum(mul(gradient!, gradient!)), 0.5);
    };
    const w = normal([3, 2]);
    const found = [...grad(half)({ w }).w.readSync()];
    const square = matmul(matmulTN(x, x), matmulTN(x, x));
    expect(isNear(found, mul(matmul(square, w), 4).readSync())).toBe(true);
  });

  test('a cotangent of another shape is refused', () => {
    const { reduce } = vjp(layers, PARAMETERS);
    expect(() => reduce({ off: normal([2, 4]) }, () => undefined)).toThrow(/cotangent "off".*\[2, 4\]/);
  });
});

describe('the terms of every op that has some', () => {
  const withTerms = [...allOps()].filter(([, op]) => op.terms !== undefined);

  test('there are such ops', () => {
    expect(withTerms.map(([name]) => name).sort()).toEqual([
      'broadcastTo',
      'gather',
      'layerNorm',
      'linear',
      'linearAdd',
      'matmul',
      'rmsNorm',
    ]);
  });

  test.each(withTerms)('%s: added up they are what its rule gives', (_, op) => {
    const draws = randomStream(11, 'terms');
    let compared = 0;
    for (let n = 0; n < 20; n++) {
      scope(() => {
        const { inputs, constants = [], call } = op.example(draws);
        const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
        const run = (p: Parameters): Tensor => call(...inputs.map((_, i) => p[`x${i}`]!), ...constants);
        const { value, pullback, reduce } = vjp(run, named);
        const cotangent = mul(value, 0.5);
        const expected = pullback({ one: cotangent }).one;
        const total: Record<string, number[]> = {};
        reduce({ one: cotangent }, (group, { one }) => {
          const { shape } = named[group]!;
          const values = one!.kind === 'dense' ? [...one!.gradient.readSync()] : addedUp(one!, shape);
          if (one!.kind !== 'dense') compared++;
          total[group] = values.map((x, i) => x + (total[group]?.[i] ?? 0));
        });
        for (const [group, values] of Object.entries(total)) {
          expect(isNear(values, expected[group]!.readSync())).toBe(true);
        }
      });
    }
    expect(compared).toBeGreaterThan(0);
  });
});
