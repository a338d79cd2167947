// The labelled backward pass of a program against forward mode, which knows no labels.
import type { Tolerance } from '../../attribution/tolerance.ts';
import { roundingError } from '../../autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../autodiff/forward/innerProduct.ts';
import { jvp, mul, scope, sum, type Tensor, tensor, vjp } from '../../autodiff/index.ts';
import { randomStream } from '../../base/random.ts';
import { type Comparison, difference } from '../check.ts';
import { type Named, type Program, parametersOf } from './programs.ts';

/** A comparison with its tolerance. */
export interface Compared {
  readonly comparison: Comparison;
  readonly tolerance: Tolerance;
}

/** Of several comparisons the one that fails, or comes closest to it. */
export function closest(all: readonly Compared[]): Compared {
  const share = ({ comparison: { error }, tolerance: { value } }: Compared): number => {
    if (error === 0) return 0;
    return error <= value ? error / value : Number.POSITIVE_INFINITY;
  };
  return all.reduce((a, b) => (share(b) > share(a) ? b : a));
}

/** A label and the weights that it gives to the tokens [tokens]. */
type Labels = Readonly<Record<'sample' | 'decision' | 'both', Float64Array>>;

/** The components, which have no token in common, and a third label that has tokens of each. */
function labelsOf({ components }: Program, seed: number): Labels {
  const random = randomStream(seed, 'labels of networks');
  const weights = components.map(() => random.normal());
  const of = (isOwn: (i: number) => boolean): Float64Array =>
    Float64Array.from(weights, (w, i) => (isOwn(i) ? w : 0));
  return {
    sample: of((i) => components[i] === 'sample'),
    decision: of((i) => components[i] === 'decision'),
    both: of((i) => i % 4 > 0),
  };
}

type Label = keyof Labels;

/** Which labels share a backward pass: two that have no token in common, and two that have. */
const TOGETHER: readonly (readonly [Label, Label])[] = [
  ['sample', 'decision'],
  ['sample', 'both'],
];

/** A change of the gradients that the labels of one pass have; the checks leave them as they are. */
export type Bend = (gradients: readonly [Named, Named]) => readonly [Named, Named];

/**
 * ⟨gradient of a label, v⟩ for a seeded direction v of all parameters, against Σ_t weight_t·(J·v)_t, where J·v comes from forward mode:
 * the label that comes closest to failing, for each way to bend the gradients.
 */
export function labelsAgainstForward(program: Program, seed: number, bends: readonly Bend[]): Compared[] {
  return scope(() => {
    const at = parametersOf(program, seed, 'parameters of networks');
    const v = parametersOf(program, seed, 'directions of networks');
    const labels = labelsOf(program, seed);
    const { value, pullback } = vjp(program.output, at);
    const slopes = jvp(program.output, at, v).tangent;
    const weightOf = (label: Label): Tensor => tensor(labels[label], { shape: value.shape });
    const tolerances = memoisedBy((label: Label) => forwardRounding(program, at, v, labels[label]));
    const passes = TOGETHER.map((pair) => {
      const { first, second } = pullback({ first: weightOf(pair[0]), second: weightOf(pair[1]) });
      return { pair, gradients: [first, second] as const };
    });
    return bends.map((bend) =>
      closest(
        passes.flatMap(({ pair, gradients }) => {
          const bent = bend(gradients);
          return pair.map((label, i) => {
            const along = innerProductOfGroups(bent[i]!, v).item();
            const expected = sum(mul(slopes, weightOf(label))).item();
            return { comparison: difference(along, expected), tolerance: tolerances(label) };
          });
        }),
      ),
    );
  });
}

function memoisedBy(f: (label: Label) => Tolerance): (label: Label) => Tolerance {
  const made = new Map<Label, Tolerance>();
  return (label) => {
    const known = made.get(label) ?? f(label);
    made.set(label, known);
    return known;
  };
}

/** Rounding of ⟨c, J·v⟩ by forward mode, from its own graph; reverse mode goes through the same products in another order. */
function forwardRounding(program: Program, at: Named, v: Named, weights: Float64Array): Tolerance {
  const forward = (p: Named): Tensor => jvp(program.output, p, v).tangent;
  const cotangent = scope(() => tensor(weights));
  const value = 2 * roundingError(forward, at, cotangent);
  return { value, bound: '2 · ε · Σ (terms + 4)·|adjoint·value| over the ops of forward mode' };
}
