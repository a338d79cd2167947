// The split gradient of a transformer: what the labels get, what it costs, and what it leaves in memory.
import { beforeEach, describe, expect, test } from 'vitest';
import { roundingError } from '../../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../../src/autodiff/forward/innerProduct.ts';
import {
  add,
  cast,
  grad,
  type Kernels,
  matmul,
  matmulNT,
  memory,
  mul,
  onCotangent,
  perTrajectory,
  scope,
  softmax,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../../src/autodiff/index.ts';
import { mapGroups } from '../../../../src/autodiff/trace/parameters.ts';
import { randomStream } from '../../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../../src/host/loadKernels.ts';
import { type Groups, numbers } from '../../programs.ts';
import { byEnd, componentsTimesTerms, hostNumbers, normalOf, oneByOne, transformer } from './sharedCases.ts';

const wasm = loadWasmKernelsSync();
beforeEach(() => useKernels(wasm));

describe.each(['f32', 'f64'] as const)('a transformer in %s', (dtype) => {
  test.each([2, 16])('two components get the same bits together and alone, %i sequences', (sequences) => {
    scope(() => {
      const { losses, p, random } = transformer(dtype, 1, sequences);
      const { pullback } = vjp(losses, p);
      const all = componentsTimesTerms(6 * sequences, dtype, random);
      const two = { decision: all['decision.reward']!, sample: all['sample.reward']! };
      expect(hostNumbers(pullback(two))).toEqual(hostNumbers(oneByOne(pullback, two)));
    });
  });

  test('so do labels that end early, and one by token', () => {
    scope(() => {
      const { losses, p, random } = transformer(dtype, 4);
      const { pullback } = vjp(losses, p);
      const labels = byEnd(dtype, random);
      expect(hostNumbers(pullback(labels))).toEqual(hostNumbers(oneByOne(pullback, labels)));
    });
  });

  test('so do labels of logits, of which every row belongs to one', () => {
    scope(() => {
      const { logits, p, random } = transformer(dtype, 2);
      const { value, pullback } = vjp(logits, p);
      const row = (r: number): number[] => Array.from({ length: 5 }, () => (r === 0 ? 0 : random.normal()));
      const labels = Object.fromEntries(
        ['sample', 'decision', 'kl'].map((label, l) => [
          label,
          tensor(Array.from({ length: 12 }, (_, r) => row(r % 3 === l ? 1 : 0)).flat(), {
            shape: value.shape,
            dtype,
          }),
        ]),
      );
      expect(hostNumbers(pullback(labels))).toEqual(hostNumbers(oneByOne(pullback, labels)));
    });
  });

  test('component × term: four labels, within rounding of each alone, and their sum of the plain gradient', () => {
    scope(() => {
      const { losses, p, random } = transformer(dtype, 3);
      const labels = componentsTimesTerms(12, dtype, random);
      const total = Object.values(labels).reduce<Tensor>(
        (a, b) => tensor(sumOf(a, b), { dtype }),
        tensor(new Float64Array(12), { dtype }),
      );
      const { pullback } = vjp(losses, p);
      const together: Record<string, Groups> = pullback(labels);
      const plain = pullback({ plain: total }).plain;
      const direction = mapGroups(p, ({ shape }) => normalOf(shape, random, dtype));
      const along = (g: Groups): number => innerProductOfGroups(g, direction).item();
      // The bound of the f64 program, in units of the type.
      const exact = transformer('f64', 3);
      const d64 = mapGroups(direction, (x) => cast(x, 'f64'));
      const slope = ({ c, ...rest }: Groups): Tensor =>
        innerProductOfGroups(vjp(exact.losses, rest as Groups).pullback({ c: c! }).c, d64);
      const unit = dtype === 'f32' ? 2 ** 29 : 1;
      const bound = (c: Tensor): number =>
        4 * unit * roundingError(slope, { ...exact.p, c: cast(c, 'f64') }, tensor(1));
      let [parts, bounds] = [0, bound(total)];
      for (const [label, cotangent] of Object.entries(labels)) {
        const alone = pullback({ alone: cotangent }).alone;
        expect(Math.abs(along(together[label]!) - along(alone))).toBeLessThanOrEqual(bound(cotangent));
        parts += along(together[label]!);
        bounds += bound(cotangent);
      }
      expect(Math.abs(parts - along(plain))).toBeLessThanOrEqual(bounds);
      // A label left out is not within any of these.
      expect(Math.abs(parts - along(together['sample.reward']!) - along(plain))).toBeGreaterThan(bounds);
    });
  });
});

function sumOf(a: Tensor, b: Tensor): Float64Array {
  const values = b.readSync();
  return Float64Array.from(a.readSync(), (x, i) => x + values[i]!);
}

describe('what it costs', () => {
  /** Multiplications in matrix products while `body` runs. */
  function products(body: () => void): number {
    let count = 0;
    const counting: Kernels = {
      ...wasm,
      matmul: (form, a, b, out, sizes) => {
        count += sizes.batch * sizes.m * sizes.n * sizes.k;
        wasm.matmul(form, a, b, out, sizes);
      },
    };
    useKernels(counting);
    scope(body);
    return count;
  }

  test('two components share the work above the rows that attention mixes', () => {
    const cost = (labels: (all: Record<string, Tensor>) => Record<string, Tensor>): number =>
      products(() => {
        const { losses, p, random } = transformer('f64', 5);
        const { pullback } = vjp(losses, p);
        pullback(labels(componentsTimesTerms(12, 'f64', random)));
      });
    const forward = cost(() => ({}));
    const one = cost((all) => ({ a: all['sample.reward']! })) - forward;
    const two = cost((all) => ({ a: all['sample.reward']!, b: all['decision.reward']! })) - forward;
    // Per row and block 12·d² products and as many for the weights: of the top block those of the MLP, 8·d², and of
    // output and query, 2·d², are not repeated; nor are those of the head.
    const [rows, d, vocabulary] = [12, 8, 5];
    expect(two).toBe(2 * one - 2 * rows * d * (10 * d + vocabulary));
  });

  test('a label that ends early costs nothing behind its end', () => {
    const cost = (labels: (all: Record<string, Tensor>) => Record<string, Tensor>): number =>
      products(() => {
        const { losses, p, random } = transformer('f64', 5);
        const { pullback } = vjp(losses, p);
        const { start, rest, token } = byEnd('f64', random);
        pullback(labels({ start: start!, rest: add(rest!, token!) }));
      });
    const forward = cost(() => ({}));
    const one = cost(({ rest }) => ({ rest: rest! })) - forward;
    const two = cost(({ start, rest }) => ({ start: start!, rest: rest! })) - forward;
    // As above, and of the 12 rows the label reaches 4: in the block below 24·d² products a row are not needed for the others, in
    // the top block the 4·d² of key and value.
    const [rows, reached, d, vocabulary] = [12, 4, 8, 5];
    const apart = 2 * one - 2 * rows * d * (10 * d + vocabulary);
    expect(two).toBe(apart - (rows - reached) * 28 * d * d);
  });

  test('gradients per example cost what one of their sum costs', () => {
    const cost = (chunk: number): number =>
      products(() => {
        const random = randomStream(6, 'examples');
        const p = { w: normalOf([3, 4], random), v: normalOf([4, 4], random) };
        // The two positions of an example attend to one another.
        const f = ({ w, v }: Groups, { x }: Groups): Tensor => {
          const h = matmul(x!, w!);
          const mixed = matmul(softmax(matmulNT(h, h)), matmul(h, v!));
          return sum(mul(mixed, mixed));
        };
        perTrajectory(f, p, { x: normalOf([6, 2, 3], random) }, { chunk });
      });
    expect(cost(6)).toBe(cost(1));
  });
});

test('gradients of labels that are differentiated again: the same Hessian products together and alone', () => {
  scope(() => {
    const { losses, p, random } = transformer('f64', 7);
    const all = componentsTimesTerms(12, 'f64', random);
    const labels = { decision: all['decision.reward']!, sample: all['sample.reward']! };
    const direction = mapGroups(p, ({ shape }) => normalOf(shape, random));
    const second = (names: readonly ('decision' | 'sample')[]) =>
      names.map((name) =>
        grad((q: Groups) => {
          const chosen = names.length === 1 ? { [name]: labels[name] } : labels;
          return innerProductOfGroups(vjp(losses, q).pullback(chosen)[name]!, direction);
        })(p),
      );
    const together = second(['decision', 'sample']);
    const alone = [...second(['decision']), ...second(['sample'])];
    expect(together.map((g) => numbers(g))).toEqual(alone.map((g) => numbers(g)));
  });
});

describe('memory', () => {
  test('nothing is left behind, also after an exception in the middle', () => {
    const run = (fails: boolean): void =>
      scope(() => {
        const { losses, p, random } = transformer('f32', 8);
        const f = (q: Groups): Tensor => {
          const x = mul(q['norm.weight']!, 1);
          if (fails) {
            onCotangent(x, () => {
              throw new Error('stop');
            });
          }
          return losses({ ...q, 'norm.weight': x });
        };
        vjp(f, p).pullback(componentsTimesTerms(12, 'f32', random));
      });
    run(false);
    const { buffers, live } = memory();
    run(false);
    expect(() => run(true)).toThrow('stop');
    expect(memory()).toMatchObject({ buffers, live });
  });
});
