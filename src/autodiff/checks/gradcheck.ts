// Checking derivative rules against central differences, in float64, with tolerances derived from the function at hand.
import { InputError } from '../../base/errors.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { scope } from '../../tensor/scope.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { innerProduct, innerProductOfGroups } from '../forward/innerProduct.ts';
import { jvp } from '../forward/jvp.ts';
import { vjp } from '../reverse/vjp.ts';
import { mapGroups, type Parameters } from '../trace/parameters.ts';
import { DIFFERENCE_BOUND, type Difference } from './differences.ts';
import { probe } from './probe.ts';

/**
 * One comparison of a derivative with a difference: the first that fails, or else the one that comes closest to failing.
 */
export interface GradcheckResult {
  /** Every comparison is within its tolerance. */
  readonly holds: boolean;
  readonly maxError: number;
  readonly tolerance: number;
  /** Where the tolerance comes from. */
  readonly bound: string;
  /** Which derivative it was, such as `vjp: parameter "w"[3]`. */
  readonly where: string;
}

/** Options of `gradcheck` and `gradGradcheck`. */
export interface GradcheckOptions {
  /** Of the random cotangent and direction; 0 if left out. */
  readonly seed?: number;
}

function normalLike(random: RandomStream, like: Tensor): Tensor {
  return tensor(
    Float64Array.from({ length: like.size }, () => random.normal()),
    { shape: like.shape },
  );
}

function checkFloat64(what: string, found: Tensor): void {
  if (found.dtype !== 'f64') throw new InputError(`gradcheck: ${what} must be f64, found ${found.dtype}`);
}

/** Collects comparisons and keeps the worst. */
class Comparisons {
  worst: GradcheckResult = {
    holds: true,
    maxError: 0,
    tolerance: 0,
    bound: DIFFERENCE_BOUND,
    where: 'nothing to compare',
  };
  #ratio = -1;

  add(where: string, found: number, { derivative, tolerance }: Difference): void {
    const error = Math.abs(found - derivative);
    // An infinite tolerance, of an infinite derivative, vouches for nothing.
    const holds = error <= tolerance && Number.isFinite(tolerance);
    const ratio = !holds ? Number.POSITIVE_INFINITY : error === 0 ? 0 : error / tolerance;
    if (ratio <= this.#ratio) return;
    this.#ratio = ratio;
    this.worst = { holds, maxError: error, tolerance, bound: DIFFERENCE_BOUND, where };
  }
}

/**
 * Compares the derivatives of f with central differences of s(p) = ⟨cotangent, f(p)⟩ for a random cotangent: vjp for every parameter
 * element, and jvp along a random direction. The tolerance is derived from f and not tuned. Near a kink of f the result means nothing.
 * @param f any function to an f64 tensor of any shape
 * @param parameters f64
 * @returns the first comparison that fails, or else the one that comes closest to failing
 * @throws InputError if a parameter or the value is not f64
 * @example
 * ```ts
 * import { exp, gradcheck, mul, tensor } from 'gradsplit/autodiff';
 * const { holds } = gradcheck(({ x }) => mul(x, exp(x)), { x: tensor([0.5, -1]) });
 * holds; // → true
 * ```
 */
export function gradcheck<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  options: GradcheckOptions = {},
): GradcheckResult {
  for (const [key, parameter] of Object.entries(parameters)) checkFloat64(`parameter "${key}"`, parameter);
  return scope(() => {
    const random = randomStream(options.seed ?? 0, 'gradcheck');
    const { value, pullback } = vjp(f, parameters);
    checkFloat64('the value', value);
    const cotangent = normalLike(random, value);
    const { gradient } = pullback({ gradient: cotangent });
    const { at, along } = probe(f, parameters, cotangent);
    const comparisons = new Comparisons();
    for (const [key, values] of Object.entries(at)) {
      const found = gradient[key]!.readSync();
      for (const [i, x] of values.entries()) {
        const difference = along((otherKey, j) => (otherKey === key && j === i ? 1 : 0), x);
        comparisons.add(`vjp: parameter "${key}"[${i}]`, found[i]!, difference);
      }
    }
    const tangents = mapGroups(parameters, (parameter) => normalLike(random, parameter)) as P;
    const direction = mapGroups(tangents, (tangent) => tangent.readSync());
    const largest = Object.values(at).reduce((m, xs) => xs.reduce((n, x) => Math.max(n, Math.abs(x)), m), 0);
    const found = innerProduct(jvp(f, parameters, tangents).tangent, cotangent).item();
    const difference = along((key, i) => direction[key]![i]!, largest);
    comparisons.add('jvp along a random direction', found, difference);
    return comparisons.worst;
  });
}

/**
 * Checks second derivatives as `gradcheck` checks first ones: of p ↦ ⟨∇⟨cotangent, f⟩(p), v⟩ (reverse and forward over reverse) and then of
 * p ↦ ⟨cotangent, J(p)·v⟩ (reverse and forward over forward), for a random direction v. `gradcheck` says whether the first derivatives
 * themselves are right.
 * @param f any function to an f64 tensor of any shape
 * @throws InputError as `gradcheck`
 * @example
 * ```ts
 * import { exp, gradGradcheck, mul, tensor } from 'gradsplit/autodiff';
 * const { holds } = gradGradcheck(({ x }) => mul(x, exp(x)), { x: tensor([0.5, -1]) });
 * holds; // → true
 * ```
 */
export function gradGradcheck<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  options: GradcheckOptions = {},
): GradcheckResult {
  return scope(() => {
    const random = randomStream(options.seed ?? 0, 'gradGradcheck');
    const cotangent = normalLike(random, f(parameters));
    const tangents = mapGroups(parameters, (parameter) => normalLike(random, parameter)) as P;
    const slopes = {
      'reverse mode': (p: P) => innerProductOfGroups(vjp(f, p).pullback({ c: cotangent }).c, tangents),
      'forward mode': (p: P) => innerProduct(jvp(f, p, tangents).tangent, cotangent),
    };
    const [first, second] = Object.entries(slopes).map(([mode, slope]) => {
      const result = gradcheck(slope, parameters, options);
      return { ...result, where: `${result.where}, over ${mode}` };
    }) as [GradcheckResult, GradcheckResult];
    if (first.holds !== second.holds) return first.holds ? second : first;
    return first.maxError * second.tolerance >= second.maxError * first.tolerance ? first : second;
  });
}
