// The first NaN or Infinity is named where it is made, forward and backward.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AnomalyError,
  causalMask,
  div,
  exp,
  grad,
  log,
  mul,
  named,
  softmax,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor,
  useKernels,
  where,
  withAnomalyDetection,
} from '../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

function caught(body: () => unknown): AnomalyError {
  try {
    withAnomalyDetection(body);
  } catch (error) {
    if (error instanceof AnomalyError) return error;
    throw error;
  }
  throw new Error('no anomaly was found');
}

describe('forward', () => {
  test('names op, shape, element and value', () => {
    const { message, op, backwardOf } = caught(() => exp(log(tensor([[1, 2, -1]]))));
    expect(message).toBe('anomaly: NaN made from sound operands at element 2 of log [1, 3]');
    expect([op, backwardOf]).toEqual(['log', undefined]);
  });

  test('names the node, if a transform is running', () => {
    const f = ({ x }: { x: Tensor }): Tensor => sum(mul(div(x, sub(x, x)), 2));
    expect(caught(() => grad(f)({ x: tensor([1]) })).message).toMatch(
      /^anomaly: Infinity made from sound operands at element 0 of div \[1\] \(node \d+\)$/,
    );
  });

  test('a NaN made of infinities is an anomaly of its own; one handed on is not', () => {
    const infinite = tensor([Number.POSITIVE_INFINITY]);
    expect(caught(() => sub(infinite, infinite)).op).toBe('sub');
    const spoiled = tensor([Number.NaN, Number.NEGATIVE_INFINITY]);
    expect(() => withAnomalyDetection(() => exp(spoiled))).not.toThrow();
    expect(() => withAnomalyDetection(() => mul(infinite, 2))).not.toThrow();
  });

  test('the infinities of a mask are meant', () => {
    const scores = tensor([
      [1, 2],
      [3, 4],
    ]);
    const masked = withAnomalyDetection(() => softmax(causalMask(scores)));
    expect(masked.readSync()[1]).toBe(0);
    const bad = tensor([
      [Number.NaN, 2],
      [3, 4],
    ]);
    expect(() => withAnomalyDetection(() => causalMask(bad))).not.toThrow();
  });
});

describe('backward', () => {
  test('names the op whose rule it was, by its name', () => {
    // √x at 0 is 0, its derivative is not.
    const f = ({ x }: { x: Tensor }): Tensor => sum(named(sqrt(named(x, 'radius')), 'root'));
    const { message, op, backwardOf } = caught(() => grad(f)({ x: tensor([4, 0]) }));
    expect(message).toMatch(
      /^anomaly: Infinity made from sound operands at element 1 of div \[2\] in the backward pass of sqrt \[2\] \(node \d+ "root"\)$/,
    );
    expect([op, backwardOf]).toEqual(['div', 'sqrt']);
  });

  test('the trap of where: 0·∞ in the branch not taken', () => {
    const f = ({ x }: { x: Tensor }): Tensor => {
      const safe = where(tensor([1, 0]), sqrt(x), 0);
      return sum(safe);
    };
    expect(caught(() => grad(f)({ x: tensor([4, 0]) })).backwardOf).toBe('sqrt');
  });
});

test('afterwards nothing is looked at any more, not even after an error', () => {
  caught(() => log(tensor(-1)));
  expect(log(tensor(-1)).item()).toBeNaN();
  withAnomalyDetection(() => exp(tensor(1)));
  expect(log(tensor(-1)).item()).toBeNaN();
});

test('what is sound stays silent', () => {
  const f = ({ x }: { x: Tensor }): Tensor => sum(exp(mul(x, x)));
  expect(withAnomalyDetection(() => grad(f)({ x: tensor([1, 2]) })).x.size).toBe(2);
});
