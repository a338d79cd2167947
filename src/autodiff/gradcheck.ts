// Checking derivative rules against central differences, in float64, with tolerances derived from the function at hand.
import { InputError } from '../base/errors.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import { scope } from '../tensor/scope.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { centralDifference, DIFFERENCE_BOUND, stepAt } from './differences.ts';
import { innerProduct, innerProductOfGroups } from './inner.ts';
import { jvp } from './jvp.ts';
import { mapGroups, type Parameters } from './parameters.ts';
import { roundingError } from './rounding.ts';
import { vjp } from './vjp.ts';

/** The comparison that came closest to its tolerance, or went farthest beyond it. */
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

/** Options of the checks. */
export interface GradcheckOptions {
  /** Of the random cotangent and direction; 0 if left out. */
  readonly seed?: number;
}

type Values<P extends Parameters> = { readonly [K in keyof P]: Float64Array };

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
    where: 'nothing',
  };
  #ratio = -1;

  add(where: string, error: number, tolerance: number): void {
    const holds = error <= tolerance;
    const quotient = error === 0 ? 0 : error / tolerance;
    const ratio = Number.isNaN(quotient) ? Number.POSITIVE_INFINITY : quotient;
    if (ratio <= this.#ratio) return;
    this.#ratio = ratio;
    this.worst = { holds, maxError: error, tolerance, bound: DIFFERENCE_BOUND, where };
  }
}

/**
 * Compares vjp (every parameter element) and jvp (a random direction) of f with central differences of
 * s(p) = ⟨cotangent, f(p)⟩ for a random cotangent. Near a kink of f the result means nothing.
 * @param f any function to an f64 tensor
 * @param parameters f64
 * @throws InputError if a parameter or the value is not f64
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
    const weights = cotangent.readSync() as Float64Array;
    const gradient = pullback({ gradient: cotangent }).gradient;
    const at: Values<P> = mapGroups(parameters, (parameter) => parameter.readSync() as Float64Array);

    /** f at parameters moved by `amount(key, i)`. */
    const moved = (amount: (key: string, i: number) => number): P =>
      mapGroups(parameters, ({ shape }, key) =>
        tensor(
          at[key].map((x, i) => x + amount(key, i)),
          { shape },
        ),
      ) as P;
    /** ⟨cotangent, f(p + s·direction) − f(p − s·direction)⟩; equal infinities differ by 0. */
    const spread = (direction: (key: string, i: number) => number) => (s: number) =>
      scope(() => {
        const ahead = f(moved((key, i) => s * direction(key, i))).readSync();
        const behind = f(moved((key, i) => -s * direction(key, i))).readSync();
        return weights.reduce(
          (total, w, j) => (ahead[j] === behind[j] ? total : total + w * (ahead[j]! - behind[j]!)),
          0,
        );
      });
    // Twice, at p and beside it: an intermediate value may happen to be 0 at p.
    const rounding =
      roundingError(f, parameters, cotangent) +
      roundingError(
        f,
        moved((key, i) => stepAt(at[key]![i]!)),
        cotangent,
      );

    const comparisons = new Comparisons();
    for (const [key, values] of Object.entries(at) as [string, Float64Array][]) {
      const found = gradient[key]!.readSync();
      for (let i = 0; i < values.length; i++) {
        const alongAxis = spread((otherKey, j) => (otherKey === key && j === i ? 1 : 0));
        const { derivative, tolerance } = centralDifference(alongAxis, stepAt(values[i]!), rounding);
        comparisons.add(`vjp: parameter "${key}"[${i}]`, Math.abs(found[i]! - derivative), tolerance);
      }
    }
    const tangents = mapGroups(parameters, (parameter) => normalLike(random, parameter));
    const direction = mapGroups(tangents, (tangent) => tangent.readSync());
    const largest = Object.values<Float64Array>(at).reduce(
      (m, xs) => xs.reduce((n, x) => Math.max(n, Math.abs(x)), m),
      0,
    );
    const alongTangents = spread((key, i) => direction[key]![i]!);
    const { derivative, tolerance } = centralDifference(alongTangents, stepAt(largest), rounding);
    const found = innerProduct(jvp(f, parameters, tangents as P).tangent, cotangent).item();
    comparisons.add('jvp along a random direction', Math.abs(found - derivative), tolerance);
    return comparisons.worst;
  });
}

/**
 * The same for second derivatives: checks p ↦ ⟨∇⟨cotangent, f⟩(p), v⟩ (reverse and forward over reverse) and
 * p ↦ ⟨cotangent, J(p)·v⟩ (reverse and forward over forward).
 * @throws InputError as `gradcheck`
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
    const overReverse = gradcheck(
      (inner: P) => innerProductOfGroups(vjp(f, inner).pullback({ gradient: cotangent }).gradient, tangents),
      parameters,
      options,
    );
    const overForward = gradcheck(
      (inner: P) => innerProduct(jvp(f, inner, tangents).tangent, cotangent),
      parameters,
      options,
    );
    const named = [
      { ...overReverse, where: `${overReverse.where}, over reverse mode` },
      { ...overForward, where: `${overForward.where}, over forward mode` },
    ] as const;
    return !named[0].holds || (named[1].holds && named[0].maxError > named[1].maxError) ? named[0] : named[1];
  });
}
