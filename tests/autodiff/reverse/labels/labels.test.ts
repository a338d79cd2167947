// Labelled cotangents: the gradients of the labels add up to the plain one, and none gets what belongs to another.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { roundingError } from '../../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../../src/autodiff/forward/innerProduct.ts';
import {
  add,
  concat,
  grad,
  mul,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../../src/host/loadKernels.ts';
import {
  type Groups,
  groupsOf,
  integerPrograms,
  integerVector,
  numbers,
  OUTPUT,
  type Program,
  realVector,
  smoothPrograms,
  tensors,
  WIDTH,
} from '../../programs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const LABELS = ['sample', 'decision', 'kl'] as const;
type Label = (typeof LABELS)[number];

function labelsOf(
  vectors: (length: number) => fc.Arbitrary<number[]>,
): fc.Arbitrary<Record<Label, number[]>> {
  return fc.record({ sample: vectors(OUTPUT), decision: vectors(OUTPUT), kl: vectors(OUTPUT) });
}

function total(cotangents: Groups): Tensor {
  return Object.values(cotangents).reduce((a, b) => add(a, b));
}

function sumOfGroups(gradients: readonly Groups[]): Groups {
  const keys = Object.keys(gradients[0]!);
  return Object.fromEntries(
    keys.map((key) => [key, gradients.map((g) => g[key]!).reduce((a, b) => add(a, b))]),
  );
}

function check<T extends unknown[]>(
  arbitraries: { [I in keyof T]: fc.Arbitrary<T[I]> },
  body: (...values: T) => void,
): void {
  const property = fc.property(...(arbitraries as [fc.Arbitrary<unknown>]), (...values: unknown[]) =>
    scope(() => body(...(values as T))),
  );
  fc.assert(property, { numRuns: 150, seed: 3 });
}

describe('labels add up', () => {
  test('exactly, where every number is a small integer', () => {
    check<[Program, Record<string, number[]>, Record<Label, number[]>]>(
      [integerPrograms, groupsOf(integerVector), labelsOf(integerVector)],
      (program, groups, labels) => {
        const { pullback } = vjp(program, tensors(groups));
        const cotangents = tensors(labels) as Record<Label, Tensor>;
        const byLabel = pullback(cotangents);
        const { plain } = pullback({ plain: total(cotangents) });
        expect(numbers(sumOfGroups(Object.values(byLabel)))).toEqual(numbers(plain));
      },
    );
  });

  test('within rounding, in general', () => {
    check<[Program, Record<string, number[]>, Record<Label, number[]>, Record<string, number[]>]>(
      [smoothPrograms, groupsOf(realVector), labelsOf(realVector), groupsOf(realVector)],
      (program, groups, labels, direction) => {
        const p = tensors(groups);
        const v = tensors(direction);
        const cotangents = tensors(labels) as Record<Label, Tensor>;
        // ⟨gradient, v⟩ for one cotangent, and a bound of its rounding error from its own graph.
        const along = (c: Tensor): [value: number, rounding: number] => {
          const contracted = (all: Groups): Tensor =>
            innerProductOfGroups(
              vjp(program, { sample: all.sample!, decision: all.decision!, shared: all.shared! }).pullback({
                c: all.c!,
              }).c as Groups,
              v,
            );
          return [contracted({ ...p, c }).item(), roundingError(contracted, { ...p, c }, tensor(1))];
        };
        const byLabel = vjp(program, p).pullback(cotangents);
        const parts = LABELS.map((label) => innerProductOfGroups(byLabel[label], v).item());
        const bounds = LABELS.map((label) => along(cotangents[label])[1]);
        const [plain, bound] = along(total(cotangents));
        // The cotangents' own sum rounds too: two additions, each relative to ε, which the bounds of the parts outweigh.
        const tolerance = 2 * (bounds.reduce((a, b) => a + b) + bound);
        expect(Math.abs(parts.reduce((a, b) => a + b) - plain)).toBeLessThanOrEqual(tolerance);
      },
    );
  });

  test('a label that is left out is missed', () => {
    const { pullback } = vjp(({ x }: { x: Tensor }) => mul(x, x), { x: tensor([1, 2]) });
    const { a, b, both } = pullback({ a: tensor([1, 0]), b: tensor([0, 1]), both: tensor([1, 1]) });
    expect(numbers(add2(a, b))).toEqual(numbers(both));
    expect(numbers(a)).not.toEqual(numbers(both));
  });

  function add2(a: Groups, b: Groups): Groups {
    return sumOfGroups([a, b]);
  }
});

test('a label has the same gradient, to the bit, alone and among others', () => {
  check<[Program, Record<string, number[]>, Record<Label, number[]>]>(
    [smoothPrograms, groupsOf(realVector), labelsOf(realVector)],
    (program, groups, labels) => {
      const { pullback } = vjp(program, tensors(groups));
      const cotangents = tensors(labels) as Record<Label, Tensor>;
      const together = pullback(cotangents);
      for (const label of LABELS) {
        const { alone } = pullback({ alone: cotangents[label] });
        expect(numbers(alone)).toEqual(numbers(together[label]));
      }
    },
  );
});

test('groups that a label does not reach get exact zeros', () => {
  check<[Program, Program, Record<string, number[]>, Record<string, number[]>, number[]]>(
    [smoothPrograms, smoothPrograms, groupsOf(realVector), groupsOf(realVector), realVector(OUTPUT)],
    (first, second, a, b, weights) => {
      const renamed = Object.fromEntries(Object.entries(b).map(([key, values]) => [`${key}2`, values]));
      const keysA = Object.keys(a);
      const keysB = Object.keys(renamed);
      const pick = (p: Groups, keys: string[]): Groups =>
        Object.fromEntries(keys.map((key) => [key, p[key]!]));
      // The heads of two networks without common parameters, laid end to end.
      const { pullback } = vjp(
        (p: Groups) => concat([first(pick(p, keysA)), second(pick(p, keysB))], 0),
        tensors({ ...a, ...renamed }),
      );
      const nothing = new Array<number>(OUTPUT).fill(0);
      const { sample, decision } = pullback({
        sample: tensor([...weights, ...nothing]),
        decision: tensor([...nothing, ...weights]),
      });
      const zero = new Array<number>(WIDTH).fill(0);
      for (const key of keysB) expect(numbers(sample)[key]).toEqual(zero);
      for (const key of keysA) expect(numbers(decision)[key]).toEqual(zero);
    },
  );
});

test('labelled gradients can be differentiated: those of the labels add up to the plain Hessian, exactly', () => {
  check<[Program, Record<string, number[]>, Record<Label, number[]>, Record<string, number[]>]>(
    [integerPrograms, groupsOf(integerVector), labelsOf(integerVector), groupsOf(integerVector)],
    (program, groups, labels, direction) => {
      const p = tensors(groups);
      const v = tensors(direction);
      const cotangents = tensors(labels) as Record<Label, Tensor>;
      const along = (c: Readonly<Record<string, Tensor>>) =>
        grad((inner: Groups) =>
          Object.values(vjp(program, inner).pullback(c)).reduce<Tensor>(
            (sumSoFar, gradient) => add(sumSoFar, innerProductOfGroups(gradient, v)),
            tensor(0),
          ),
        )(p);
      expect(numbers(along(cotangents))).toEqual(numbers(along({ plain: total(cotangents) })));
    },
  );
});

test('an empty record of labels gives an empty record', () => {
  const { pullback } = vjp(({ x }: { x: Tensor }) => sum(x), { x: tensor([1]) });
  expect(pullback({})).toEqual({});
});
