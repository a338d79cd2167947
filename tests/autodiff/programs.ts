// Random differentiable programs for property tests: straight-line code on vectors of one length.
import fc from 'fast-check';
import {
  add,
  concat,
  exp,
  gather,
  indices,
  matmul,
  mul,
  neg,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../src/autodiff/index.ts';

/** Length of all vectors. */
export const WIDTH = 3;

export type Groups = Record<string, Tensor>;
type Step = (x: Tensor, y: Tensor) => Tensor;

/** Steps that map integers to integers, none larger than 9 times the product of its operands. */
const integerSteps: readonly Step[] = [
  add,
  sub,
  (x) => neg(x),
  (x, y) => add(x, sum(y)),
  (x) => gather(x, indices([2, 0, 0])),
  (x, y) => slice(concat([x, y], 0), [2], [2 + WIDTH]),
  (x, y) =>
    reshape(matmul(matmul(reshape(x, [WIDTH, 1]), tensor([[1, -1]])), slice(matrixOf(y), [0, 0], [2, 1])), [
      WIDTH,
    ]),
];
const smoothSteps: readonly Step[] = [
  ...integerSteps,
  (x, y) => mul(softmax(x), y),
  (x, y) => exp(mul(softmax(x), softmax(y))),
];

/** [y y y] as columns. */
function matrixOf(y: Tensor): Tensor {
  return mul(reshape(y, [WIDTH, 1]), tensor([[1, 1, 1]]));
}

/** A function of parameter groups. Every product has a parameter as factor, so that degrees grow by one a step. */
export type Program = (parameters: Groups) => Tensor;

function programsOf(steps: readonly Step[], length: number): fc.Arbitrary<Program> {
  const instruction = fc.record({
    step: fc.integer({ min: 0, max: steps.length }),
    x: fc.nat(),
    y: fc.nat(),
  });
  return fc.array(instruction, { minLength: 1, maxLength: length }).map((code) => (parameters) => {
    const values = Object.values(parameters);
    const given = values.length;
    for (const { step, x, y } of code) {
      const left = values[x % values.length]!;
      // The last kind of step multiplies by a parameter.
      const next =
        step === steps.length
          ? mul(left, values[y % given]!)
          : steps[step]!(left, values[y % values.length]!);
      values.push(next);
    }
    return concat([values.at(-1)!, values.at(-2)!], 0);
  });
}

/** Programs whose values and derivatives are integers below 2⁵³ for integer parameters in −3 … 3: exact in float64. */
export const integerPrograms: fc.Arbitrary<Program> = programsOf(integerSteps, 6);

/** Programs with exponentials too. */
export const smoothPrograms: fc.Arbitrary<Program> = programsOf(smoothSteps, 6);

/** Length of what a program returns. */
export const OUTPUT: number = 2 * WIDTH;

/** A vector of small integers. */
export function integerVector(length: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length });
}

/** A vector of numbers in −1 … 1. */
export function realVector(length: number): fc.Arbitrary<number[]> {
  const real = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 999);
  return fc.array(real, { minLength: length, maxLength: length });
}

/** Three parameter groups of vectors. */
export function groupsOf(
  vectors: (length: number) => fc.Arbitrary<number[]>,
): fc.Arbitrary<Record<string, number[]>> {
  return fc.record({ sample: vectors(WIDTH), decision: vectors(WIDTH), shared: vectors(WIDTH) });
}

/** Host vectors as tensors. */
export function tensors(groups: Record<string, number[]>): Groups {
  return Object.fromEntries(Object.entries(groups).map(([key, values]) => [key, tensor(values)]));
}

/** Tensors as host vectors; −0 becomes 0, since it equals it. */
export function numbers(groups: Groups): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(groups).map(([key, x]) => [key, Array.from(x.readSync(), (v) => v + 0)]),
  );
}

/** Groups under names with a prefix: several records in one, so that an error analysis sees all of them as variables. */
export function prefixed(prefix: string, groups: Groups): Groups {
  return Object.fromEntries(Object.entries(groups).map(([key, x]) => [prefix + key, x]));
}

/** The groups of one prefix, under their own names. */
export function unprefixed(prefix: string, all: Groups): Groups {
  const own = Object.entries(all).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, x]) => [key.slice(prefix.length), x]));
}
