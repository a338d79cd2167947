// vmap of every op against one example after the other, asked of the registry: by the op's batch rule, and by the loop that
// serves ops without one; values, both derivatives inside vmap, and the derivative through vmap.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concat,
  jvp,
  mul,
  reshape,
  scope,
  slice,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
  vmap,
} from '../../src/autodiff/index.ts';
import type { Op } from '../../src/autodiff/trace/op.ts';
import { mapGroups } from '../../src/autodiff/trace/parameters.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { registry } from '../../src/ops/registry.ts';
import { cases } from '../full.ts';
import { type Groups, type Route, roundingOf, routes } from './cases.ts';
import { arbitraryStream } from './sampling.ts';

useKernels(loadWasmKernelsSync());

const ops: readonly (readonly [string, Op<unknown>])[] = Object.entries(registry) as [string, Op<unknown>][];
const COUNT = 3;

/** Values moved on by n places: they keep what an example demands of them (distinct, away from 0, in range). */
function rolled(x: Tensor, n: number): Tensor {
  const values = x.readSync();
  return tensor(
    values.map((_, i) => values[(i + n) % values.length]!),
    { shape: x.shape, dtype: x.dtype },
  );
}

/** [COUNT, …shape] of different examples. */
function stackOf(x: Tensor): Tensor {
  const rows = Array.from({ length: COUNT }, (_, n) => rolled(x, n));
  const values = rows.flatMap((row) => Array.from(row.readSync()));
  return tensor(values, { shape: [COUNT, ...x.shape], dtype: x.dtype });
}

function rowOf(stack: Tensor, n: number): Tensor {
  const shape = stack.shape.slice(1);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(stack.readSync().slice(n * size, (n + 1) * size), { shape, dtype: stack.dtype });
}

/** Without the op's batch rule while `body` runs. */
function withoutRule(op: Op<unknown>, body: () => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(op, 'batch');
  Object.defineProperty(op, 'batch', { value: undefined, configurable: true, writable: true });
  try {
    body();
  } finally {
    if (descriptor === undefined) Reflect.deleteProperty(op, 'batch');
    else Object.defineProperty(op, 'batch', descriptor);
  }
}

/** A route mapped over the groups that `isStack` names, against the route on every row. */
function compare(route: Route, all: Groups, isStack: (key: string) => boolean): void {
  const given = mapGroups(all, (x, key) => (isStack(key) ? stackOf(x) : x));
  const stacks = Object.fromEntries(Object.entries(given).filter(([key]) => isStack(key)));
  const found = vmap((example: Groups) => route({ ...given, ...example }))(stacks);
  expect(found.shape).toEqual([COUNT]);
  found.readSync().forEach((value, n) => {
    const row = { ...given, ...mapGroups(stacks, (x) => rowOf(x, n)) };
    expect(Math.abs(value - route(row).item())).toBeLessThanOrEqual(2 * roundingOf(route, row));
  });
  // Through vmap: the gradient of the sum over the examples is the sum of gradients, whatever is the same for all.
  const floats = Object.fromEntries(Object.entries(given).filter(([, x]) => x.dtype !== 'i32'));
  const through = (p: Groups): Tensor => {
    const isOne = Object.entries({ ...given, ...p }).filter(([key]) => isStack(key));
    return sum(vmap((example: Groups) => route({ ...given, ...p, ...example }))(Object.fromEntries(isOne)));
  };
  const looped = (p: Groups): Tensor => {
    const rows = Array.from({ length: COUNT }, (_, n) => {
      const row = mapGroups({ ...given, ...p }, (x, key) => {
        if (!isStack(key)) return x;
        const shape = x.shape.slice(1);
        if (x.dtype === 'i32') return rowOf(x, n);
        return reshape(slice(x, [n, ...shape.map(() => 0)], [n + 1, ...shape]), shape);
      });
      return reshape(route(row), [1]);
    });
    return sum(concat(rows, 0));
  };
  const direction = mapGroups(floats, (x) => rolled(x, 1));
  const [a, b] = [through, looped].map((f) => jvp(f, floats, direction).tangent.item());
  const along: Route = (p) => jvp(looped, p, direction).tangent;
  expect(Math.abs(a! - b!)).toBeLessThanOrEqual(2 * roundingOf(along, floats));
  const [c, d] = [through, looped].map((f) => {
    const { one } = vjp(f, floats).pullback({ one: tensor(1) });
    return Object.keys(floats).reduce((total, key) => total + sum(mul(one[key]!, direction[key]!)).item(), 0);
  });
  expect(Math.abs(c! - d!)).toBeLessThanOrEqual(4 * roundingOf(along, floats));
}

/** Runs `check` on examples of an op, with all operands stacked or some of them. */
function onExamples(op: Op<unknown>, runs: number): void {
  const property = fc.property(arbitraryStream, (random) => {
    scope(() => {
      const { all, ...found } = routes(op.example(random));
      const keys = Object.keys(all);
      const always = keys[random.integer(keys.length)];
      const stacked = new Set(keys.filter((key) => key === always || random.integer(2) === 0));
      for (const route of Object.values(found)) compare(route, all, (key) => stacked.has(key));
    });
  });
  fc.assert(property, { numRuns: runs, seed: 1 });
}

describe.each(ops)('%s', (_, op) => {
  test('by its batch rule', () => onExamples(op, cases(15)));
  test('one example after the other', () => withoutRule(op, () => onExamples(op, cases(8))));
});

test('a wrong batch rule is found', () => {
  const op = registry.mul as Op<unknown>;
  const right = op.batch!;
  const wrong: typeof right = (call) => mul(right(call)!, 1 + 1e-5);
  expect(() => {
    const descriptor = Object.getOwnPropertyDescriptor(op, 'batch')!;
    Object.defineProperty(op, 'batch', { ...descriptor, value: wrong });
    try {
      onExamples(op, 5);
    } finally {
      Object.defineProperty(op, 'batch', descriptor);
    }
  }).toThrow();
});
