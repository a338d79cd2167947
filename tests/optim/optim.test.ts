// Transformations against steps worked out by hand, and their algebra.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  grad,
  mul,
  type Parameters,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../src/autodiff/index.ts';
import {
  accumulateMomentum,
  adamw,
  addDecayedWeights,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  constant,
  type GradientTransformation,
  globalNorm,
  scaleByAdam,
  scaleByLearningRate,
  sgd,
} from '../../src/optim/index.ts';
import { currentKernels } from '../../src/tensor/backend.ts';
import { chooseKernels } from '../oracle/kernels.ts';

beforeAll(chooseKernels);

type Lists = Record<string, number[]>;
const toTensors = (lists: Lists): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, tensor(list)]));
const toLists = (tensors: Parameters): Lists =>
  Object.fromEntries(Object.entries(tensors).map(([key, x]) => [key, [...x.readSync()]]));

/** Parameters after every step. */
function run(t: GradientTransformation, parameters: Lists, gradients: readonly Lists[]): Lists[] {
  let current: Parameters = toTensors(parameters);
  let state: Parameters = t.initial(current);
  return gradients.map((gradient, step) => {
    const after = t.update(toTensors(gradient), state, current, step);
    expect(Object.keys(after.state).sort()).toEqual(Object.keys(state).sort());
    state = after.state;
    current = applyUpdates(current, after.updates);
    return toLists(current);
  });
}

/** Some units in the last place. */
function expectClose(found: readonly number[], expected: readonly number[], ulps = 16): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, x] of found.entries()) {
    const bound = ulps * Number.EPSILON * Math.max(1, Math.abs(expected[i]!));
    expect(Math.abs(x - expected[i]!), `element ${i}: ${x}, expected ${expected[i]}`).toBeLessThanOrEqual(
      bound,
    );
  }
}

describe('sgd', () => {
  test('p − η·g', () => {
    expect(run(sgd({ learningRate: constant(0.5) }), { a: [1, 2] }, [{ a: [2, -4] }])).toEqual([
      { a: [0, 4] },
    ]);
  });

  test('with momentum ½: m = g₁, then ½g₁ + g₂', () => {
    const t = sgd({ learningRate: constant(1), momentum: 0.5 });
    expect(run(t, { a: [0] }, [{ a: [4] }, { a: [8] }, { a: [0] }])).toEqual([
      { a: [-4] },
      { a: [-14] },
      { a: [-19] },
    ]);
  });
});

describe('adamw', () => {
  const learningRate = constant(0.1);

  test('the first step goes η against the sign of every gradient, whatever its size', () => {
    const [after] = run(adamw({ learningRate, weightDecay: 0, epsilon: 1e-300 }), { a: [1, 1, 1] }, [
      { a: [1e-4, -3, 2e5] },
    ]) as [Lists];
    expectClose(after.a!, [0.9, 1.1, 0.9]);
  });

  test('two steps by hand: β₁ = ½, β₂ = ¾, ε = 1, λ = 0.1', () => {
    const options = { learningRate, beta1: 0.5, beta2: 0.75, epsilon: 1, weightDecay: 0.1 };
    const found = run(adamw(options), { a: [2] }, [{ a: [4] }, { a: [-2] }]);
    // m = 2, v = 4, m̂ = 4, v̂ = 16: 4/(4 + 1) + 0.2 = 1
    const first = 2 - 0.1;
    // m = 1 − 1 = 0: only the decay is left.
    expectClose(found[0]!.a!, [first]);
    expectClose(found[1]!.a!, [first - 0.1 * 0.1 * first]);
  });

  test('a third moment of hand work: the bias is corrected by 1 − βᵗ', () => {
    const options = { learningRate, beta1: 0.5, beta2: 0.5, epsilon: 1, weightDecay: 0 };
    const found = run(adamw(options), { a: [0] }, [{ a: [1] }, { a: [3] }, { a: [5] }]);
    // m: ½, 7/4, 27/8 over ½, ¾, 7/8;  v: ½, 19/4, 119/8 over the same
    const steps = [1 / 2, 7 / 3 / (1 + Math.sqrt(19 / 3)), 27 / 7 / (1 + Math.sqrt(17))];
    let at = 0;
    for (const [i, step] of steps.entries()) {
      at -= 0.1 * step;
      expectClose(found[i]!.a!, [at]);
    }
  });

  test('λ is 0.01 if nothing is said', () => {
    const [after] = run(adamw({ learningRate }), { a: [2] }, [{ a: [0] }]) as [Lists];
    expectClose(after.a!, [2 - 0.1 * 0.01 * 2]);
  });

  test('the decay leaves out what it is told to', () => {
    const t = adamw({ learningRate, weightDecay: 0.5, decays: (path) => path.endsWith('weight') });
    const zero = { 'x.weight': [0], 'x.bias': [0] };
    expect(run(t, { 'x.weight': [2], 'x.bias': [2] }, [zero])).toEqual([
      { 'x.weight': [1.9], 'x.bias': [2] },
    ]);
  });

  test('finds the minimum of a quadratic', () => {
    const target = tensor([1, -2, 3]);
    const gradient = grad(({ a }: { a: Tensor }) => sum(mul(sub(a, target), sub(a, target))));
    const t = adamw({ learningRate: (step) => 0.1 * 0.99 ** step, weightDecay: 0 });
    let parameters = { a: tensor([0, 0, 0]) };
    let state = t.initial(parameters);
    for (let step = 0; step < 600; step++) {
      const after = t.update(gradient(parameters), state, parameters, step);
      state = after.state;
      parameters = applyUpdates(parameters, after.updates);
    }
    for (const [i, x] of parameters.a.readSync().entries()) expect(x).toBeCloseTo([1, -2, 3][i]!, 4);
  });

  test.each(['f32', 'f64'] as const)('has the bits and the state of its chain: %s', (dtype) => {
    const options = { learningRate: (step: number) => 0.1 / (step + 1), beta1: 0.8, epsilon: 1e-3 };
    const decays = (path: string): boolean => path === 'a';
    const fused = adamw({ ...options, weightDecay: 0.3, decays });
    const chained = chain(
      scaleByAdam(options),
      addDecayedWeights(0.3, decays),
      scaleByLearningRate(options.learningRate),
    );
    const typed = (lists: Lists): Record<string, Tensor> =>
      Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, tensor(list, { dtype })]));
    const after = [fused, chained].map((t) => {
      let parameters = typed({ a: [1, -2, 0.3, 7, 5], b: [1e-5, 3] });
      let state = t.initial(parameters);
      for (let step = 0; step < 4; step++) {
        const gradient = typed({ a: [0.1, step, -3, 1e-9, 0], b: [step - 2, 1 / 3] });
        const result = t.update(gradient, state, parameters, step);
        state = result.state;
        parameters = applyUpdates(parameters, result.updates);
      }
      return { parameters: toLists(parameters), state: toLists(state) };
    });
    expect(after[0]).toEqual(after[1]);
  });

  test.each(['f32', 'f64'] as const)('with clipping has the bits of its chain: %s', (dtype) => {
    const options = { learningRate, weightDecay: 0.3 };
    const fused = adamw({ ...options, clipNorm: 2 });
    const chained = chain(clipByGlobalNorm(2), adamw(options));
    const typed = (lists: Lists): Record<string, Tensor> =>
      Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, tensor(list, { dtype })]));
    const after = [fused, chained].map((t) => {
      let parameters = typed({ a: [1, -2, 0.3, 7, 5], b: [1e-5, 3] });
      let state = t.initial(parameters);
      for (let step = 0; step < 4; step++) {
        // Above and below the limit.
        const gradient = typed({
          a: [0.1, step, -3, 1e-9, 0].map((g) => g / (step + 1) ** 2),
          b: [0.1, 1 / 3],
        });
        const result = t.update(gradient, state, parameters, step);
        state = result.state;
        parameters = applyUpdates(parameters, result.updates);
      }
      return { ...toLists(parameters), moments: Object.values(toLists(state)) };
    });
    expect(after[0]).toEqual(after[1]);
  });

  test('a clipped step can be differentiated', () => {
    const t = adamw({ learningRate, weightDecay: 0, beta1: 0, beta2: 0, epsilon: 1, clipNorm: 1 });
    const p = { a: tensor([0, 0]) };
    const updated = ({ a }: { a: Tensor }): Tensor => sum(t.update({ a }, t.initial(p), p, 0).updates.a!);
    // Scaled to length 1, u = −η·g/(|g| + 1): for g = (3, 4) the factor 1/5 moves along with g.
    // ∂/∂ĝ = −η/(ĝ + 1)² at (0.6, 0.8), and ∂ĝ/∂g = (1 − ĝĝᵀ)/5.
    const outer = [0.6, 0.8].map((x) => -0.1 / (x + 1) ** 2);
    const along = outer[0]! * 0.6 + outer[1]! * 0.8;
    const expected = [0.6, 0.8].map((x, i) => (outer[i]! - along * x) / 5);
    expectClose([...grad(updated)({ a: tensor([3, 4]) }).a.readSync()], expected);
  });

  test('a step can be differentiated: the chain takes over', () => {
    const t = adamw({ learningRate, weightDecay: 0.5, epsilon: 1 });
    const parameters = { a: tensor([2]) };
    // ∂u/∂p = −η·λ: the gradient is constant here.
    const updated = ({ a }: { a: Tensor }): Tensor =>
      sum(t.update({ a: tensor([1]) }, t.initial(parameters), { a }, 0).updates.a!);
    expectClose([...grad(updated)(parameters).a.readSync()], [-0.05]);
  });

  test('f32 stays f32', () => {
    const parameters = { a: tensor([1, 2], { dtype: 'f32' }) };
    const t = chain(clipByGlobalNorm(1), adamw({ learningRate }));
    const { updates, state } = t.update(parameters, t.initial(parameters), parameters, 0);
    for (const x of [...Object.values(updates), ...Object.values(state)]) expect(x.dtype).toBe('f32');
  });
});

describe('clipByGlobalNorm', () => {
  const clipped = (limit: number, gradients: Lists): Lists =>
    toLists(clipByGlobalNorm(limit).update(toTensors(gradients), {}, {}, 0).updates);

  test('the norm is over all parameters together', () => {
    expect(globalNorm(toTensors({ a: [3], b: [0, 4] })).item()).toBe(5);
    expect(clipped(1, { a: [3], b: [0, 4] })).toEqual({ a: [3 * 0.2], b: [0, 4 * 0.2] });
  });

  test('the norm by one kernel has the bits of the norm by ops, in a transform too', () => {
    const values = { a: [1 / 3, -2, 0.7], b: [0.1], c: [] };
    const byKernel = globalNorm(toTensors(values)).item();
    let byOps = 0;
    grad((p: Record<string, Tensor>) => {
      const norm = globalNorm(p);
      byOps = norm.item();
      return norm;
    })(toTensors(values));
    expect(byOps).toBe(byKernel);
    expect(byKernel).toBeCloseTo(Math.hypot(1 / 3, 2, 0.7, 0.1), 14);
    expect(globalNorm({}).item()).toBe(0);
  });

  test('what is short enough, or 0, stays to the bit', () => {
    expect(clipped(5, { a: [3], b: [0, 4] })).toEqual({ a: [3], b: [0, 4] });
    expect(clipped(1, { a: [0, 0] })).toEqual({ a: [0, 0] });
  });

  test('NaN is not hidden', () => {
    expect(clipped(1, { a: [Number.NaN, 1] })).toEqual({ a: [Number.NaN, Number.NaN] });
  });

  test('the norm after is at most the limit, and the direction the same', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(values, values, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (a, b, limit) => {
        const after = clipped(limit, { a, b });
        const norm = Math.hypot(...a, ...b);
        expect(Math.hypot(...after.a!, ...after.b!)).toBeLessThanOrEqual(limit * (1 + 1e-12));
        if (norm > 1e-150) {
          const factor = Math.min(1, limit / norm);
          expectClose(
            [...after.a!, ...after.b!].map((x) => x / 1e3),
            [...a, ...b].map((x) => (x * factor) / 1e3),
          );
        }
      }),
    );
  });
});

describe('chain', () => {
  test('one after the other; each keeps its own state', () => {
    const t = chain(accumulateMomentum(0.5), accumulateMomentum(0.5), scaleByLearningRate(constant(1)));
    expect(Object.keys(t.initial(toTensors({ a: [0] })))).toEqual(['0.a.momentum', '1.a.momentum']);
    // Momentum of momentum: 1, ½ + 1·½ … of a first gradient 1 is 1, 1, ¾.
    const found = run(t, { a: [0] }, [{ a: [1] }, { a: [0] }, { a: [0] }]).map(({ a }) => a![0]);
    expect(found).toEqual([-1, -2, -2.75]);
  });

  test('is associative', () => {
    const [a, b, c] = [addDecayedWeights(0.1), scaleByAdam(), scaleByLearningRate(constant(0.3))];
    const gradients = [{ p: [1, -2] }, { p: [0.5, 0.25] }];
    const left = run(chain(chain(a!, b!), c!), { p: [1, 2] }, gradients);
    expect(run(chain(a!, chain(b!, c!)), { p: [1, 2] }, gradients)).toEqual(left);
  });

  test('more than ten do not mix up their states', () => {
    const t = chain(...Array.from({ length: 11 }, () => accumulateMomentum(0.5)));
    const state = t.initial(toTensors({ a: [0] }));
    expect(Object.keys(state)).toHaveLength(11);
    expect(Object.keys(t.update(toTensors({ a: [1] }), state, {}, 0).state)).toEqual(Object.keys(state));
  });
});

test('a step needs no more memory than the one before', () => {
  const kernels = currentKernels();
  const t = chain(clipByGlobalNorm(1), adamw({ learningRate: constant(0.1) }));
  scope(() => {
    let parameters: Parameters = toTensors({ a: [1, 2, 3] });
    let state: Parameters = t.initial(parameters);
    const oneStep = (step: number): void => {
      const old = [...Object.values(parameters), ...Object.values(state)];
      const after = scope(() => {
        const { updates, state: next } = t.update(parameters, state, parameters, step);
        return { parameters: applyUpdates(parameters, updates), state: next };
      });
      parameters = after.parameters;
      state = after.state;
      for (const x of old) x.dispose();
    };
    oneStep(0);
    const before = kernels.memory().buffers;
    for (let step = 1; step < 50; step++) oneStep(step);
    expect(kernels.memory().buffers).toBe(before);
  });
});

test.each<[string, () => unknown, string]>([
  ['a limit of 0', () => clipByGlobalNorm(0), 'clipByGlobalNorm: the limit must be > 0, found 0'],
  [
    'a limit of AdamW',
    () => adamw({ learningRate: constant(1), clipNorm: -1 }),
    'the limit must be > 0, found -1',
  ],
  ['a limit of NaN', () => clipByGlobalNorm(Number.NaN), 'found NaN'],
  ['a decay below 0', () => addDecayedWeights(-1), 'addDecayedWeights: the decay must be ≥ 0, found -1'],
  ['a momentum of 1', () => sgd({ learningRate: constant(1), momentum: 1 }), 'must lie in [0, 1), found 1'],
  ['β₁ of 1', () => scaleByAdam({ beta1: 1 }), 'scaleByAdam: beta1 must lie in [0, 1), found 1'],
  ['β₂ below 0', () => scaleByAdam({ beta2: -0.1 }), 'scaleByAdam: beta2 must lie in [0, 1), found -0.1'],
  ['ε of 0', () => scaleByAdam({ epsilon: 0 }), 'scaleByAdam: epsilon must be > 0, found 0'],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});
