// SiLU x·σ(x) and its derivative, element by element, with the σ of activations.ts.
//
//   silu x = x·σ(x), tested against 3.5 ulp: those of σ and one product. Where σ is subnormal its error, half of the smallest number,
//     counts |x| times.
//   silu′ x = σ + σ·x·(E·σ), where E·σ = 1 − σ without cancellation. It has zeros, so its bound is absolute: 8·u.
// Beyond ±1000 σ is 0 or 1 in either type. Such arguments are moved to ±1000 in front of σ, and for silu at −∞, so that no 0·∞ arises.
import { between } from './activations';
import { expPolynomial, expReduced, expScaled, expShifted } from './exp';

/** δ·e^{−x} of one vector; the steps of the exponential with the coefficients at hand. */
function scaledExp<T>(
  x: v128,
  sign: v128,
  lowest: v128,
  highest: v128,
  log2e: v128,
  head: v128,
  tail: v128,
  magic: v128,
  expTable: usize,
): v128 {
  const d = between<T>(v128.xor(x, sign), lowest, highest);
  const s = expShifted<T>(d, log2e, magic);
  const r = expReduced<T>(d, s, magic, head, tail);
  const c0 = v128.load(expTable, 160);
  const c1 = v128.load(expTable, 176);
  const c2 = v128.load(expTable, 192);
  const c3 = v128.load(expTable, 208);
  const c4 = v128.load(expTable, 224);
  return expScaled<T>(r, expPolynomial<T>(r, c0, c1, c2, c3, c4, expTable), s);
}

/** out = silu x over whole vectors. */
export function silu<T>(x: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(table, 112);
  const highest = v128.load(table, 128);
  const sign = v128.load(table, 144);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const delta = v128.load(expTable, 96);
  const magic = v128.load(expTable, 112);
  const one = v128.load(expTable, 144);
  const least = v128.splat<T>(<T>-1000);
  for (; out < end; x += 16, out += 16) {
    const value = v128.pmax<T>(v128.load(x), least);
    const e = scaledExp<T>(value, sign, lowest, highest, log2e, head, tail, magic, expTable);
    const sigma = v128.mul<T>(v128.div<T>(one, v128.add<T>(delta, e)), delta);
    v128.store(out, v128.mul<T>(value, sigma));
  }
}

/** out = y·silu′(x) over whole vectors. */
export function siluVjp<T>(x: usize, y: usize, out: usize, end: usize, table: usize, expTable: usize): void {
  const lowest = v128.load(table, 112);
  const highest = v128.load(table, 128);
  const sign = v128.load(table, 144);
  const log2e = v128.load(expTable, 32);
  const head = v128.load(expTable, 48);
  const tail = v128.load(expTable, 64);
  const delta = v128.load(expTable, 96);
  const magic = v128.load(expTable, 112);
  const one = v128.load(expTable, 144);
  const least = v128.splat<T>(<T>-1000);
  const most = v128.splat<T>(<T>1000);
  for (; out < end; x += 16, y += 16, out += 16) {
    const value = between<T>(v128.load(x), least, most);
    const e = scaledExp<T>(value, sign, lowest, highest, log2e, head, tail, magic, expTable);
    const inverse = v128.div<T>(one, v128.add<T>(delta, e));
    const scaled = v128.mul<T>(v128.load(y), v128.mul<T>(inverse, delta));
    const along = v128.mul<T>(value, v128.mul<T>(e, inverse));
    v128.store(out, v128.add<T>(scaled, v128.mul<T>(scaled, along)));
  }
}
