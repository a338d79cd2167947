// A function seen from outside, as differences see it: values at moved parameters, and how far rounding may falsify them.
import { scope } from '../../tensor/scope.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { mapGroups, type Parameters } from '../trace/parameters.ts';
import { centralDifference, type Difference, stepAt } from './differences.ts';
import { roundingError } from './rounding.ts';

/** Element i of the direction in parameter group `key`. */
export type Direction = (key: string, i: number) => number;

/** s(p) = ⟨cotangent, f(p)⟩ by values only. */
export interface Probe {
  /** The values of the parameters. */
  readonly at: Readonly<Record<string, Float64Array>>;
  /** d/dt s(p + t·direction) at t = 0 by central differences, for parameters of the size `near` along the direction. */
  along(direction: Direction, near: number): Difference;
}

/** Prepares differences of s(p) = ⟨cotangent, f(p)⟩; all of f64. Call it in a scope. */
export function probe<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  cotangent: Tensor,
): Probe {
  const at: Record<string, Float64Array> = mapGroups(parameters, (x) => x.readSync() as Float64Array);
  const weights = cotangent.readSync();
  const moved = (by: Direction): P =>
    mapGroups(parameters, ({ shape }, key) => {
      const values = at[key]!.map((x, i) => x + by(key, i));
      return tensor(values, { shape });
    }) as P;
  // Twice, at p and beside it: an intermediate value may happen to be 0 at p.
  const beside = moved((key, i) => stepAt(at[key]![i]!));
  const rounding = roundingError(f, parameters, cotangent) + roundingError(f, beside, cotangent);
  return {
    at,
    along: (direction, near) => {
      const spread = (t: number): number =>
        scope(() => {
          const ahead = f(moved((key, i) => t * direction(key, i))).readSync();
          const behind = f(moved((key, i) => -t * direction(key, i))).readSync();
          let total = 0;
          for (let j = 0; j < weights.length; j++) {
            // Equal infinities (masked logits) do not differ.
            if (ahead[j] !== behind[j]) total += weights[j]! * (ahead[j]! - behind[j]!);
          }
          return total;
        });
      return centralDifference(spread, stepAt(near), rounding);
    },
  };
}
