// Many labels in one sweep: each gets what it gets alone, to the bit where labels do not meet, within rounding where they do.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { roundingError } from '../../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../../src/autodiff/forward/innerProduct.ts';
import {
  mul,
  named,
  onCotangent,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../../src/autodiff/index.ts';
import { mapGroups } from '../../../../src/autodiff/trace/parameters.ts';
import { type RandomStream, randomStream } from '../../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../../src/host/loadKernels.ts';
import { type Groups, numbers } from '../../programs.ts';
import { type RowProgram, rowPrograms, SHAPES } from './rowPrograms.ts';
import { hostNumbers, normalOf, oneByOne, transformer } from './sharedCases.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const LABELS = ['sample', 'decision', 'kl'] as const;

/** Cotangents of the labels like `value`: every element belongs to one of them, to none, or (`meet`) to several. */
function cotangents(value: Tensor, random: RandomStream, meet: boolean): Record<string, Tensor> {
  const owners = Array.from({ length: value.size }, () => random.integer(meet ? 8 : 4));
  // Without meeting: 0, 1, 2 name a label, 3 none; otherwise bits do.
  const belongs = (owner: number, l: number): boolean => (meet ? ((owner >> l) & 1) === 1 : owner === l);
  return Object.fromEntries(
    LABELS.map((label, l) => {
      const values = owners.map((owner) => (belongs(owner, l) ? random.normal() : 0));
      return [label, tensor(values, { shape: value.shape, dtype: value.dtype })];
    }),
  );
}

function onPrograms(check: (program: RowProgram, p: Groups, random: RandomStream) => void): void {
  const property = fc.property(rowPrograms, fc.nat(), (program, seed) =>
    scope(() => {
      const random = randomStream(seed, 'sharedLabels');
      const p = Object.fromEntries(
        Object.entries(SHAPES).map(([key, shape]) => [key, normalOf(shape, random)]),
      );
      check(program, p, random);
    }),
  );
  fc.assert(property, { numRuns: 150, seed: 7 });
}

/** ⟨gradient of a label, direction⟩ along one and the other way, and how far rounding may take them apart. */
function compare(f: RowProgram, p: Groups, cotangent: Tensor, found: Groups, direction: Groups) {
  const along = ({ c, ...rest }: Groups): Tensor =>
    innerProductOfGroups(vjp(f, rest as Groups).pullback({ c: c! }).c, direction);
  const all = { ...p, c: cotangent };
  const error = Math.abs(innerProductOfGroups(found, direction).item() - along(all).item());
  // Both ways round as often and on the same magnitudes, the shared one also when it multiplies by its factors, once a row.
  return { error, tolerance: 4 * roundingError(along, all, tensor(1)) };
}

describe('random programs', () => {
  test('labels that do not meet get the same bits together and alone', () => {
    onPrograms((program, p, random) => {
      const { value, pullback } = vjp(program, p);
      const labels = cotangents(value, random, false);
      expect(hostNumbers(pullback(labels))).toEqual(hostNumbers(oneByOne(pullback, labels)));
    });
  });

  test('labels that meet get the same within rounding', () => {
    onPrograms((program, p, random) => {
      const { value, pullback } = vjp(program, p);
      const labels = cotangents(value, random, true);
      const together: Record<string, Groups> = pullback(labels);
      const direction = mapGroups(p, ({ shape }) => normalOf(shape, random));
      for (const label of LABELS) {
        const { error, tolerance } = compare(program, p, labels[label]!, together[label]!, direction);
        expect(error).toBeLessThanOrEqual(tolerance);
      }
    });
  });

  test('a label that is given a row of another, or a factor that is off by 10⁻⁶, would be seen', () => {
    let [rows, factors, programs] = [0, 0, 0];
    onPrograms((program, p, random) => {
      const { value, pullback } = vjp(program, p);
      const { sample, decision } = cotangents(value, random, true);
      const direction = mapGroups(p, ({ shape }) => normalOf(shape, random));
      programs++;
      const fails = (wrong: Tensor): boolean => {
        const { w } = pullback({ w: wrong, other: decision! });
        const { error, tolerance } = compare(program, p, sample!, w, direction);
        return error > tolerance;
      };
      const moved = sample!.readSync().map((_, i, values) => values[(i + 1) % values.length]!);
      if (fails(tensor(moved, { shape: value.shape }))) rows++;
      if (fails(mul(sample!, 1 + 1e-6))) factors++;
    });
    // Some programs do not depend on a row, or not on the parameters at all.
    expect(rows).toBeGreaterThan(0.8 * programs);
    expect(factors).toBeGreaterThan(0.8 * programs);
  });
});

test('empty labels, labels of zeros and labels of one row', () => {
  scope(() => {
    const { losses, p } = transformer('f64', 4);
    const { pullback } = vjp(losses, p);
    const at = (row: number): Tensor => tensor(Array.from({ length: 12 }, (_, r) => (r === row ? 2 : 0)));
    const labels = { nothing: at(-1), first: at(0), last: at(11), zero: tensor(new Float64Array(12)) };
    const found = hostNumbers(pullback(labels));
    expect(found).toEqual(hostNumbers(oneByOne(pullback, labels)));
    for (const values of Object.values(found.nothing!)) expect(values.every((v) => v === 0)).toBe(true);
    expect(found.zero).toEqual(found.nothing);
    expect(hostNumbers(pullback({ a: labels.nothing, b: labels.zero })).a).toEqual(found.nothing);
  });
});

test('rows of one label do not see the infinities of another', () => {
  scope(() => {
    const { pullback } = vjp(({ x }: { x: Tensor }) => sum(mul(x, x), 1), {
      x: tensor([
        [1, 2],
        [Number.POSITIVE_INFINITY, 3],
      ]),
    });
    const { a } = pullback({ a: tensor([1, 0]), b: tensor([0, 1]) });
    expect(numbers(a).x).toEqual([2, 4, 0, 0]);
    // Where labels meet each still has only its own rows.
    const met = pullback({ c: tensor([1, 0]), d: tensor([3, 1]) });
    expect(numbers(met.c).x).toEqual([2, 4, 0, 0]);
    expect(numbers(met.d).x).toEqual([6, 12, Number.POSITIVE_INFINITY, 6]);
  });
});

test('a hook sees, and replaces, the cotangent of every label', () => {
  scope(() => {
    const seen: string[] = [];
    const f = ({ x }: { x: Tensor }): Tensor => {
      const h = named(mul(x, x), 'h');
      onCotangent(h, (cotangent, label) => {
        seen.push(`${label} ${cotangent.readSync().join(' ')}`);
        return label === 'b' ? mul(cotangent, 10) : undefined;
      });
      return sum(h, 1);
    };
    const { pullback } = vjp(f, {
      x: tensor([
        [1, 2],
        [3, 4],
      ]),
    });
    const found = pullback({ a: tensor([1, 0]), b: tensor([1, 2]) });
    expect(seen).toEqual(['a 1 1 0 0', 'b 1 1 2 2']);
    expect(numbers(found.a).x).toEqual([2, 4, 0, 0]);
    expect(numbers(found.b).x).toEqual([20, 40, 120, 160]);
  });
});
