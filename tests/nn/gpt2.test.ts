// The network against plain loops, its derivatives against one another, and what it refuses.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  cast,
  currentKernels,
  gradcheck,
  hvp,
  hvpReverse,
  indices,
  jvp,
  type Parameters,
  reshape,
  scope,
  type Tensor,
  useKernels,
  valueAndGrad,
  zeros,
} from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { randomStream } from '../../src/base/random.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import { type Gpt2Config, gpt2 } from '../../src/nn/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import {
  CONFIGS,
  fileValues,
  idsTensor,
  lossOf,
  randomIds,
  relativeDifference,
  showConfig,
  spreadParameters,
} from './models.ts';
import { plainGpt2 } from './plainGpt2.ts';

beforeAll(chooseKernels);

/** Largest relative difference of logits, loss and each gradient between the engine and plain loops. */
function differences(given: Gpt2Config, length: number, dtype: 'f32' | 'f64'): Record<string, number> {
  const model = gpt2(given);
  return scope(() => {
    const parameters = spreadParameters(model, length, dtype);
    const ids = randomIds(given.vocabulary, 2, length, length);
    const targets = randomIds(given.vocabulary, 2, length, length + 100);
    const file = fileValues(parameters, given.layers);
    const plain = plainGpt2(model.config, file, ids, targets);
    const { value, gradient } = valueAndGrad(lossOf(model, ids, targets))(parameters);
    const found = fileValues(gradient, given.layers);
    expect(Object.keys(found).sort()).toEqual(Object.keys(plain.gradients).sort());
    const logits = model.logits(parameters, idsTensor(ids));
    expect(logits.shape).toEqual([2, length, given.vocabulary]);
    const flat = plain.logits.flatMap((sequence) => sequence.flatMap((row) => [...row]));
    return {
      loss: relativeDifference([value.item()], [plain.loss]),
      logits: relativeDifference(logits.readSync(), flat),
      ...Object.fromEntries(
        Object.entries(found).map(([name, values]) => [
          name,
          relativeDifference(values, plain.gradients[name]!),
        ]),
      ),
    };
  });
}

describe.each(CONFIGS.map((config) => [showConfig(config), config] as const))('%s', (_, config) => {
  test.each([1, 2, 3, 5, 8])('T = %i: loss, logits and all gradients are those of plain loops', (length) => {
    // Both round some thousand operations on numbers of size 1 … 10.
    for (const [name, difference] of Object.entries(differences(config, length, 'f64'))) {
      expect(difference, name).toBeLessThan(1e-10);
    }
  });

  test('in f32 as far as f32 goes', () => {
    for (const [name, difference] of Object.entries(differences(config, 8, 'f32'))) {
      expect(difference, name).toBeLessThan(1e-5);
    }
  });

  test('the two Hessian routes agree', () => {
    const model = gpt2(config);
    scope(() => {
      const parameters = spreadParameters(model, 1, 'f64');
      const direction = spreadParameters(model, 2, 'f64');
      const ids = randomIds(config.vocabulary, 2, 4, 3);
      const loss = lossOf(model, ids, randomIds(config.vocabulary, 2, 4, 4));
      const forward = hvp(loss, parameters, direction);
      const reverse = hvpReverse(loss, parameters, direction);
      const sizes = Object.values(forward).map((x) => Math.max(...x.readSync().map(Math.abs)));
      expect(Math.max(...sizes)).toBeGreaterThan(0.1);
      for (const [path, values] of Object.entries(forward)) {
        expect(relativeDifference(values.readSync(), reverse[path]!.readSync()), path).toBeLessThan(1e-10);
      }
    });
  });
});

test('the derivatives pass gradcheck', () => {
  const config = { vocabulary: 3, context: 3, width: 4, layers: 1, heads: 2, tied: true, inner: 4 };
  const model = gpt2(config);
  const ids = [[0, 1, 2]];
  expect(gradcheck(lossOf(model, ids, [[1, 2, 2]]), spreadParameters(model, 5, 'f64'))).toMatchObject({
    holds: true,
  });
});

test('the comparison with plain loops sees a changed parameter', () => {
  const model = gpt2(CONFIGS[0]!);
  const parameters = spreadParameters(model, 1, 'f64');
  const ids = randomIds(5, 1, 4, 1);
  const file = fileValues(parameters, 1);
  file['h.0.attn.c_attn.bias']![9]! += 1e-7;
  const plain = plainGpt2(model.config, file, ids, ids).logits.flatMap((s) => s.flatMap((row) => [...row]));
  const found = model.logits(parameters, idsTensor(ids)).readSync();
  expect(relativeDifference(found, plain)).toBeGreaterThan(1e-10);
});

test('no logit depends on later tokens, not even in the last bit', () => {
  const config = CONFIGS[2]!;
  const model = gpt2(config);
  const parameters = spreadParameters(model, 3, 'f64');
  const [ids] = randomIds(config.vocabulary, 1, 8, 6) as [number[]];
  const whole = model.logits(parameters, idsTensor([ids])).readSync();
  for (let length = 1; length < 8; length++) {
    const changed = ids.map((id, t) => (t < length ? id : (id + 1) % config.vocabulary));
    const other = model.logits(parameters, idsTensor([changed])).readSync();
    const known = length * config.vocabulary;
    expect(other.subarray(0, known)).toEqual(whole.subarray(0, known));
    expect(other.subarray(known)).not.toEqual(whole.subarray(known));
  }
});

test('the reference kernels compute the same', () => {
  const config = CONFIGS[2]!;
  const model = gpt2(config);
  const [ids, targets] = [randomIds(config.vocabulary, 2, 6, 1), randomIds(config.vocabulary, 2, 6, 2)];
  const gradients = (): Record<string, Float64Array> =>
    fileValues(valueAndGrad(lossOf(model, ids, targets))(spreadParameters(model, 3, 'f64')).gradient, 2);
  const chosen = gradients();
  const before = currentKernels();
  useKernels(referenceKernels());
  const reference = gradients();
  useKernels(before);
  for (const [name, values] of Object.entries(chosen)) {
    expect(relativeDifference(values, reference[name]!), name).toBeLessThan(1e-12);
  }
});

test('sequences of a batch do not see one another', () => {
  const model = gpt2(CONFIGS[3]!);
  const parameters = spreadParameters(model, 3, 'f64');
  const ids = randomIds(3, 3, 5, 8);
  const together = model.logits(parameters, idsTensor(ids)).readSync();
  const alone = ids.flatMap((sequence) => [...model.logits(parameters, idsTensor([sequence])).readSync()]);
  expect(relativeDifference(together, alone)).toBeLessThan(1e-14);
});

test('a forward derivative along one group moves only what that group reaches', () => {
  const model = gpt2(CONFIGS[1]!);
  const parameters = spreadParameters(model, 3, 'f64');
  const ids = idsTensor([[1, 2, 3]]);
  const still = Object.fromEntries(
    Object.entries(parameters).map(([path, x]) => [path, zeros(x.shape)]),
  ) as Record<string, Tensor>;
  const f = (p: Parameters): Tensor => model.logits(p, ids);
  // The third position's embedding reaches the third position only.
  const rows = Array.from({ length: 8 * 6 }, (_, i) => (Math.floor(i / 6) === 2 ? 1 + (i % 3) : 0));
  const position = reshape(indices(rows), [8, 6]);
  const tangents = { ...still, 'embedding.position.weight': cast(position, 'f64') };
  const tangent = jvp(f, parameters, tangents).tangent.readSync();
  expect([...tangent.subarray(0, 14)].every((x) => x === 0)).toBe(true);
  expect([...tangent.subarray(14)].every((x) => x !== 0)).toBe(true);
});

describe('the beginning', () => {
  const config: Gpt2Config = { vocabulary: 50, context: 40, width: 32, layers: 3, heads: 4, tied: false };
  const model = gpt2(config);
  const deviationOf = (x: Tensor): number => {
    const values = [...x.readSync()];
    return Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);
  };

  test('weights are normal with σ = 0.02, residual projections with 0.02/√6, norms 1, biases 0', () => {
    const parameters = model.initial(randomStream(1, 'model'), 'f64');
    expect(Object.keys(parameters)).toEqual(model.layout.map(({ path }) => path));
    for (const [path, x] of Object.entries(parameters)) {
      const values = [...x.readSync()];
      if (path.endsWith('.bias')) expect(new Set(values), path).toEqual(new Set([0]));
      else if (/norm\d?\.weight/.test(path)) expect(new Set(values), path).toEqual(new Set([1]));
      else {
        const residual = /attention\.output|mlp\.down/.test(path);
        const expected = residual ? 0.02 / Math.sqrt(6) : 0.02;
        // The relative error of a deviation of n numbers is 1/√(2n); five of these.
        expect(Math.abs(deviationOf(x) / expected - 1), path).toBeLessThan(5 / Math.sqrt(2 * values.length));
      }
    }
  });

  test('one seed gives one network; f32 is f64 rounded; a layer more changes no other parameter', () => {
    const first = model.initial(randomStream(1, 'model'), 'f64');
    const again = model.initial(randomStream(1, 'model'), 'f64');
    const other = model.initial(randomStream(2, 'model'), 'f64');
    const single = model.initial(randomStream(1, 'model'));
    const path = 'block1.mlp.up.weight';
    expect(first[path]!.readSync()).toEqual(again[path]!.readSync());
    expect(first[path]!.readSync()).not.toEqual(other[path]!.readSync());
    expect(single[path]!.readSync()).toEqual(Float32Array.from(first[path]!.readSync()));
    const deeper = gpt2({ ...config, layers: 4 }).initial(randomStream(1, 'model'), 'f64');
    // The head comes after all blocks.
    expect(deeper['head.weight']!.readSync()).toEqual(first['head.weight']!.readSync());
    expect(first['block0.mlp.up.weight']!.readSync()).not.toEqual(first[path]!.readSync());
  });

  test('a fresh network is nearly indifferent', () => {
    const ids = randomIds(50, 2, 10, 1);
    const loss = lossOf(model, ids, ids)(model.initial(randomStream(1, 'model'), 'f64')).item();
    // Logits have a deviation of 0.02·√32 = 0.11.
    expect(Math.abs(loss - Math.log(50))).toBeLessThan(0.1);
  });
});

describe('what does not fit is refused', () => {
  const config = CONFIGS[0]!;
  const model = gpt2(config);

  test.each([
    [{ vocabulary: 0 }, 'gpt2: vocabulary must be an integer ≥ 1, found 0'],
    [{ layers: -1 }, 'gpt2: layers must be an integer ≥ 0, found -1'],
    [{ width: 1.5 }, 'gpt2: width must be an integer ≥ 1, found 1.5'],
    [{ heads: 3 }, 'gpt2: width must be a multiple of heads, found 4 and 3'],
    [{ epsilon: 0 }, 'gpt2: epsilon must lie between 0 and 1, found 0'],
    [{ epsilon: Number.NaN }, 'gpt2: epsilon must lie between 0 and 1, found NaN'],
  ])('%o', (change, message) => {
    expect(() => gpt2({ ...config, ...change })).toThrow(new InputError(message));
  });

  test('parameters', () => {
    const parameters = spreadParameters(model, 1, 'f64');
    const ids = idsTensor([[0]]);
    const { 'block0.attention.key.bias': _, ...without } = parameters;
    expect(() => model.logits(without, ids)).toThrow('there is no parameter "block0.attention.key.bias"');
    expect(() => model.logits({ ...parameters, 'norm.bias': zeros([3]) }, ids)).toThrow(
      'gpt2: parameter "norm.bias" must have shape [4], found [3]',
    );
  });

  test('ids', () => {
    const parameters = spreadParameters(model, 1, 'f64');
    expect(() => model.logits(parameters, zeros([1, 2]))).toThrow('gpt2: ids must be i32, found f64');
    expect(() => model.logits(parameters, indices([1]))).toThrow('ids must have shape [B, T]');
    expect(() => model.logits(parameters, idsTensor([[0, 1, 2, 3, 4, 0, 1, 2, 3]]))).toThrow('T ≤ 8');
  });

  test('a network without blocks still predicts', () => {
    const shallow = gpt2({ ...config, layers: 0 });
    const logits = shallow.logits(spreadParameters(shallow, 1, 'f64'), idsTensor([[0, 1]]));
    expect(logits.shape).toEqual([1, 2, 5]);
  });
});

test('what a configuration leaves out is that of GPT-2: an MLP of four widths, ε = 10⁻⁵', () => {
  const sizes: Gpt2Config = { vocabulary: 7, context: 8, width: 6, layers: 1, heads: 3, tied: false };
  expect(gpt2(sizes).config).toEqual({ ...sizes, inner: 24, epsilon: 1e-5 });
});
