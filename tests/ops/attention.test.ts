// Fused attention against its composition of primitives with transposed heads: values and gradients.
import { beforeAll, describe, expect, test } from 'vitest';
import * as g from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { normal } from '../../src/ops/examples.ts';

beforeAll(() => g.useKernels(loadWasmKernelsSync()));

type Operands = { query: g.Tensor; key: g.Tensor; value: g.Tensor };
const [batch, heads, length, width] = [2, 3, 9, 5];
const columns = heads * width;

function composed({ query, key, value }: Operands): g.Tensor {
  const perHead = (x: g.Tensor): g.Tensor =>
    g.transpose(g.reshape(x, [batch, length, heads, width]), [0, 2, 1, 3]);
  const scores = g.mul(g.matmulNT(perHead(query), perHead(key)), 1 / Math.sqrt(width));
  const mixed = g.matmul(g.softmax(g.causalMask(scores)), perHead(value));
  return g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [batch * length, columns]);
}

function fused({ query, key, value }: Operands): g.Tensor {
  return g.attention(query, key, value, { heads, length });
}

function operands(): Operands {
  const random = randomStream(1, 'attention');
  const [query, key, value] = [0, 1, 2].map(() => normal(random, [batch * length, columns]));
  return { query: query!, key: key!, value: value! };
}

function expectEqual(found: g.Tensor, expected: g.Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  const other = expected.readSync();
  // Sums of 9 or 5 terms below 30 in either, a few deep.
  found.readSync().forEach((x, i) => {
    expect(Math.abs(x - other[i]!)).toBeLessThanOrEqual(2 ** 10 * Number.EPSILON);
  });
}

describe('attention', () => {
  test('has the values of its composition', () => {
    g.scope(() => expectEqual(fused(operands()), composed(operands())));
  });

  test('has its gradients, and their gradients', () => {
    g.scope(() => {
      const random = randomStream(2, 'attention');
      const cotangent = normal(random, [batch * length, columns]);
      const loss = (f: (p: Operands) => g.Tensor) => (p: Operands) => g.sum(g.mul(f(p), cotangent));
      const [found, expected] = [fused, composed].map((f) => g.grad(loss(f))(operands()));
      const tangents = operands();
      const [curved, plain] = [fused, composed].map((f) => g.hvp(loss(f), operands(), tangents));
      for (const role of ['query', 'key', 'value'] as const) {
        expectEqual(found![role], expected![role]);
        expectEqual(curved![role], plain![role]);
      }
    });
  });

  test('shapes that do not fit are named', () => {
    const z = (...shape: number[]): g.Tensor => g.zeros(shape);
    const call = (q: g.Tensor, k: g.Tensor, v: g.Tensor) => () =>
      g.attention(q, k, v, { heads: 2, length: 3 });
    expect(call(z(4, 4), z(4, 4), z(4, 4))).toThrow(
      'attentionWeights: expected a shape [B·3, 2·w], found [4, 4]',
    );
    expect(call(z(3, 4), z(3, 5), z(3, 4))).toThrow(
      'attentionWeights: expected equal shapes, found queries [3, 4] and keys [3, 5]',
    );
    expect(call(z(3, 4), z(3, 4), z(6, 4))).toThrow(
      'causalProduct mix: expected [6, 2, 3], found [3, 2, 3] beside rows [6, 4]',
    );
  });
});
