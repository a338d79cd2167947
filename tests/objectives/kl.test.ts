// k3 near δ = 0, where e^{−δ} − 1 + δ written out leaves nothing: values and slopes in the loss, in the weights and in the reward,
// relative to themselves. The truth comes from integers of hundreds of digits.
import { describe, expect, it } from 'vitest';
import { exp, grad, mul, scope, stopGradient, sub, sum, tensor } from '../../src/autodiff/index.ts';
import type { FloatType } from '../../src/kernels/index.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { grpo, klShapedReward, klSlope, klTensor, klValue } from '../../src/objectives/index.ts';
import { ulpsOff } from '../kernels/exactExp.ts';
import './engine.ts';

/** δ that f32 and f64 hold alike, of both signs, from 1e-12 to 1/2. */
const deltas = Array.from(
  { length: 80 },
  (_, i) => (i % 2 ? 1 : -1) * Math.fround(0.5 * 10 ** (-(i >> 1) * 0.3)),
);

/** Two tokens of one trajectory each in one group with equal rewards: no advantage, only the penalty of the first. */
function penaltyOnly(delta: number): TokenBatch {
  return {
    offsets: Int32Array.of(0, 1, 2),
    logProb: Float64Array.of(delta, 0),
    oldLogProb: Float64Array.of(delta, 0),
    refLogProb: Float64Array.of(0, 0),
    mask: Uint8Array.of(1, 1),
    component: Uint8Array.of(0, 1),
    attempt: Int32Array.of(0, 0),
    reward: Float64Array.of(1, 1),
    group: Int32Array.of(0, 0),
  };
}

/** Every factor beside k3 and its slope is a power of two. */
const options = grpo.parseOptions({ beta: 1 });

/** Value and slope of the first token by the engine, times B = 2. */
function byEngine(delta: number, dtype: FloatType): [number, number] {
  return scope(() => {
    const batch = penaltyOnly(delta);
    const parameters = { logProb: tensor(batch.logProb, { dtype }) };
    const loss = (p: typeof parameters) => grpo.loss(p.logProb, batch, options);
    return [2 * loss(parameters).item(), 2 * grad(loss)(parameters).logProb.readSync()[0]!];
  });
}

describe.each(['f64', 'f32'] as const)('k3 near 0 in the loss, %s', (dtype) => {
  it('has the value and the slope to their ulps', () => {
    for (const delta of deltas) {
      const [value, slope] = byEngine(delta, dtype);
      expect(ulpsOff('expm1MinusX', dtype, -delta, value)).toBeLessThanOrEqual(3);
      expect(ulpsOff('expm1', dtype, -delta, -slope)).toBeLessThanOrEqual(1.5);
    }
  });
});

it('k3 near 0 is the same in closed form, in the weights and inside the reward', () => {
  for (const delta of deltas) {
    const batch = penaltyOnly(delta);
    const value = klValue('k3', delta);
    expect(ulpsOff('expm1MinusX', 'f64', -delta, value)).toBeLessThanOrEqual(3);
    expect(ulpsOff('expm1', 'f64', -delta, -klSlope('k3', delta))).toBeLessThanOrEqual(1.5);
    expect(ulpsOff('expm1', 'f64', -delta, 2 * grpo.weights(batch, options)[0]!)).toBeLessThanOrEqual(1.5);
    const shaped = klShapedReward({ ...batch, reward: Float64Array.of(0, 0) }, 1, 'k3', 'token');
    expect(shaped[0]).toBe(-value);
  }
});

it('k3 is never negative and grows with |δ|', () => {
  const values = scope(() => [...klTensor('k3', tensor(deltas), tensor(deltas.map(() => 0))).readSync()]);
  expect(values.every((k) => k > 0)).toBe(true);
  for (let i = 2; i < values.length; i++) expect(values[i]!).toBeLessThan(values[i - 2]!);
});

describe('k3Corrected', () => {
  /** −∂/∂log π of ρ·k3 at log π = δ, log π_ref = 0, written out, ρ = exp(log π − sg log π). */
  const written = (delta: number): number =>
    scope(() => {
      const slope = grad(({ x }: { x: ReturnType<typeof tensor> }) => {
        const rho = exp(sub(x, stopGradient(x)));
        return sum(mul(rho, klTensor('k3', x, tensor(Float64Array.of(0)))));
      });
      return -slope({ x: tensor(Float64Array.of(delta)) }).x.readSync()[0]!;
    });

  it('is ρ·k3 with the slope of ρ: its weights are those of k2, −βδ', () => {
    const weight = (klEstimator: string, delta: number): number =>
      2 * grpo.weights(penaltyOnly(delta), grpo.parseOptions({ beta: 1, klEstimator }))[0]!;
    for (const delta of [-1, -0.3, -1e-3, 0, 1e-5, 0.02, 0.7, 1]) {
      expect(weight('k3Corrected', delta)).toBe(weight('k2', delta));
      expect(Math.abs(weight('k3Corrected', delta) + delta)).toBe(0);
      expect(Math.abs(written(delta) + delta)).toBeLessThanOrEqual(1e-12);
    }
    expect(Math.abs(weight('k3', 1) + 1)).toBeGreaterThan(0.3);
  });

  it('has the loss of k3 and the gradient of k2, by the engine', () => {
    for (const delta of [-2, -0.1, 0.4, 3]) {
      const [value, slope] = scope(() => {
        const at = { x: tensor(Float64Array.of(delta)) };
        const k = (p: typeof at) => sum(klTensor('k3Corrected', p.x, tensor(Float64Array.of(0))));
        return [k(at).item(), grad(k)(at).x.readSync()[0]!];
      });
      expect(value).toBe(klValue('k3', delta));
      expect(slope).toBe(klSlope('k2', delta));
    }
  });
});
