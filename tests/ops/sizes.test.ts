// Every op at the sizes where vector code changes its path: values and both derivatives of both backends in both types, and
// differences where the operands are small enough for them.
import { describe, expect, test } from 'vitest';
import { gradcheck, gradGradcheck } from '../../src/autodiff/checks/gradcheck.ts';
import { apply, mul, scope, type Tensor, tensor, useKernels } from '../../src/autodiff/index.ts';
import type { Example, Op } from '../../src/autodiff/trace/op.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { distinct } from '../../src/ops/examples.ts';
import { type OpAttributes, registry } from '../../src/ops/registry.ts';
import { onStacks } from '../../src/ops/stacks.ts';
import type { Shape } from '../../src/tensor/shape.ts';
import { asFunction, inType, roundingOf, routes, SINGLE } from './cases.ts';

const reference = referenceKernels();
const wasm = loadWasmKernelsSync();
const SIZES = [0, 1, 3, 7, 31, 33, 257];
/** Elements that differences are taken of. */
const SMALL = 70;

/** Shapes of the operands, and attributes, for a size; constants are counted like operands. */
type Case<N extends keyof OpAttributes> = (n: number) => {
  readonly shapes: readonly Shape[];
  readonly attributes: OpAttributes[N];
  /** Indices as last operand: how many, below which bound. */
  readonly at?: readonly [shape: Shape, bound: number];
};

/** Ops that need more than equal shapes. Where a size makes no sense (a norm over nothing) one is taken. */
const CASES: { readonly [N in keyof OpAttributes]?: Case<N> } = {
  reshape: (n) => ({ shapes: [[n, 2]], attributes: { shape: [2 * n] } }),
  identity: (n) => ({ shapes: [[n]], attributes: {} }),
  cast: (n) => ({ shapes: [[n]], attributes: { dtype: 'f64' } }),
  sum: (n) => ({ shapes: [[3, n, 2]], attributes: { start: 1, end: 2 } }),
  max: (n) => ({ shapes: [[3, Math.max(1, n), 2]], attributes: { start: 1, end: 2 } }),
  broadcastTo: (n) => ({ shapes: [[n, 1]], attributes: { shape: [2, n, 3] } }),
  transpose: (n) => ({ shapes: [[n, 2, 3]], attributes: { permutation: [2, 0, 1] } }),
  slice: (n) => ({ shapes: [[3, n + 2]], attributes: { start: [1, 1], end: [3, n + 1] } }),
  pad: (n) => ({ shapes: [[2, n]], attributes: { before: [1, 1], after: [0, 2] } }),
  concat: (n) => ({
    shapes: [
      [2, n],
      [2, 3],
      [2, n],
    ],
    attributes: { axis: 1 },
  }),
  gather: (n) => ({ shapes: [[5, n]], attributes: {}, at: [[7], 5] }),
  scatterAdd: (n) => ({ shapes: [[7, n]], attributes: { rows: 5 }, at: [[7], 5] }),
  pick: (n) => ({ shapes: [[n, 3]], attributes: {}, at: [[n], 3] }),
  place: (n) => ({ shapes: [[n]], attributes: { columns: 3 }, at: [[n], 3] }),
  matmul: (n) => ({
    shapes: [
      [n, 5],
      [5, n],
    ],
    attributes: { form: 'nn' },
  }),
  linear: (n) => ({ shapes: [[3, n], [n, n], [n]], attributes: {} }),
  linearAdd: (n) => ({ shapes: [[3, n], [n, n], [n], [3, n]], attributes: {} }),
  layerNorm: (n) => {
    const columns = Math.max(1, n);
    return { shapes: [[3, columns], [columns], [columns]], attributes: { epsilon: 0.1 } };
  },
  rmsNorm: (n) => {
    const columns = Math.max(1, n);
    return { shapes: [[3, columns], [columns]], attributes: { epsilon: 0.1 } };
  },
  rotary: (n) => ({
    shapes: [
      [6, 4 * n],
      [3, n],
      [3, n],
    ],
    attributes: { heads: 2, length: 3 },
  }),
  crossEntropy: (n) => ({ shapes: [[3, Math.max(1, n)]], attributes: {}, at: [[3], Math.max(1, n)] }),
  logSumExp: (n) => ({ shapes: [[3, Math.max(1, n)]], attributes: {} }),
  lowerTriangle: (n) => ({ shapes: [[Math.min(n, 33), Math.min(n, 33)]], attributes: {} }),
  attentionWeights: (n) => {
    const length = Math.min(n, 33);
    return {
      shapes: [
        [length, 4],
        [length, 4],
      ],
      attributes: { heads: 2, length },
    };
  },
  causalProduct: (n) => {
    const length = Math.min(n, 33);
    return {
      shapes: [
        [length, 2, length],
        [length, 4],
      ],
      attributes: { heads: 2, length, form: 'mix', scale: 0.5 },
    };
  },
};
/** What has no derivative of its own to compare: infinities by design, and the identity with derivative 0. */
const WITHOUT = ['causalMask', 'stopGradient'];

function exampleOf(name: string, op: Op<unknown>, n: number, random: RandomStream): Example {
  const given = (CASES as Record<string, Case<never> | undefined>)[name]?.(n);
  const { inputs, constants = [] } = op.example(randomStream(1, 'arity'));
  const shapes = given?.shapes ?? new Array<Shape>(inputs.length + constants.length).fill([n]);
  // Apart from one another, away from 0 and from kinks, and of moderate size.
  const operands = shapes.map((shape, i) => mul(distinct(random, shape, 0.5 + 0.22 * i), n > 33 ? 0.1 : 0.5));
  const [shape, bound] = given?.at ?? [[0], 0];
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.integer(bound));
  const at = given?.at === undefined ? [] : [tensor(values, { shape, dtype: 'i32' })];
  return { inputs: operands, constants: at, call: (...xs) => apply(op, xs, given?.attributes ?? {}) };
}

const ops = Object.entries(registry).filter(([name]) => !WITHOUT.includes(name)) as [string, Op<unknown>][];

test('every op has a case, or is one whose operands have equal shapes', () => {
  const known = ops.filter(([name, op]) => name in CASES || op.batch === onStacks).map(([name]) => name);
  expect(known).toEqual(ops.map(([name]) => name));
});

describe.each(ops)('%s', (name, op) => {
  test.each(SIZES)('size %i', (n) => {
    scope(() => {
      useKernels(reference);
      const example = exampleOf(name, op, n, randomStream(n, name));
      const { all, ...found } = routes(example);
      for (const dtype of ['f64', 'f32'] as const) {
        // A cast is to one type.
        if (name === 'cast' && dtype === 'f32') continue;
        useKernels(reference);
        const rounded = inType(all, dtype);
        const arguments64 = inType(rounded, 'f64');
        for (const [way, route] of Object.entries(found)) {
          useKernels(reference);
          const expected = route(arguments64).item();
          const tolerance = (1 + (dtype === 'f32' ? SINGLE : 1)) * roundingOf(route, arguments64);
          useKernels(wasm);
          const computed = route(inType(rounded, dtype)).item();
          expect(Math.abs(computed - expected), `${dtype} ${way}`).toBeLessThanOrEqual(tolerance);
        }
      }
      const elements = example.inputs.reduce((sum: number, x: Tensor) => sum + x.size, 0);
      if (elements > SMALL) return;
      useKernels(wasm);
      const onWasm = exampleOf(name, op, n, randomStream(n, name));
      const { f, parameters } = asFunction(onWasm);
      expect(gradcheck(f, parameters)).toMatchObject({ holds: true });
      expect(gradGradcheck(f, parameters)).toMatchObject({ holds: true });
    });
  });
});
