// Polynomials of vectors by Horner's rule, the coefficients in a table of the host.
import { multiplyAdd } from './multiplyAdd';

/** c₀ + z·c₁ + … by Horner's rule, `count` coefficients from `table`. */
export function polynomial<T>(z: v128, table: usize, count: i32): v128 {
  let at = table + <usize>(count - 1) * 16;
  let p = v128.load(at);
  for (at -= 16; at >= table; at -= 16) p = multiplyAdd<T>(z, p, v128.load(at));
  return p;
}
