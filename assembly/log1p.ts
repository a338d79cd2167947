// log(1 + x) per lane. With u = 1 + x rounded, c = x − (u − 1) is exact where it matters, and log(1 + x) = log u + c/u up to the
// square of an ulp of u. Where u is 1 the sum is x itself. Tested against 1.5 ulp (worst seen: 1.44). log1p(−1) = −∞, NaN below −1; NaN, +∞ and
// both zeros are their own results.
import { vectorLog } from './log';

/** out = log(1 + x) over whole vectors. */
export function logarithmOfOnePlus<T>(x: usize, out: usize, end: usize, table: usize): void {
  const one = v128.splat<T>(<T>1);
  const infinite = v128.splat<T>(<T>Infinity);
  for (; out < end; x += 16, out += 16) {
    const value = v128.load(x);
    const u = v128.add<T>(value, one);
    const log = vectorLog<T>(u, table);
    const rest = v128.div<T>(v128.sub<T>(value, v128.sub<T>(u, one)), u);
    const ordinary = v128.lt<T>(v128.abs<T>(log), infinite);
    const result = v128.bitselect(v128.add<T>(log, rest), log, ordinary);
    // For x > −1 the result has the sign of x, which −0 would lose in the sum.
    v128.store(out, v128.bitselect(value, result, v128.eq<T>(value, v128.splat<T>(<T>0))));
  }
}
