// Element-wise kernels. They work on whole vectors: buffers are 16-byte aligned and padded to 16 bytes, and the padding
// is never read as data. `bytes` is the padded size. Each operation is exact or correctly rounded, except exp
// and log (≤ 1.5 ulp, see there), 1/√x (two roundings: ≤ 1.5 ulp), and those of activations.ts, silu.ts, expm1.ts and log1p.ts.
import { gelu, geluVjp, hyperbolicTangent, logistic } from './activations';
import { activationTable, expm1Table, expTable, logTable } from './coefficients';
import { vectorExp } from './exp';
import { exponentialMinusLine, exponentialMinusOne } from './expm1';
import { vectorLog } from './log';
import { logarithmOfOnePlus } from './log1p';
import { silu, siluVjp } from './silu';

function neg<T>(x: usize, out: usize, end: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, v128.neg<T>(v128.load(x)));
}

function absolute<T>(x: usize, out: usize, end: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, v128.abs<T>(v128.load(x)));
}

function sign<T>(x: usize, out: usize, end: usize): void {
  const zero = v128.splat<T>(<T>0);
  const one = v128.splat<T>(<T>1);
  const minusOne = v128.splat<T>(-(<T>1));
  for (; out < end; x += 16, out += 16) {
    const v = v128.load(x);
    const up = v128.and(v128.gt<T>(v, zero), one);
    const down = v128.and(v128.lt<T>(v, zero), minusOne);
    v128.store(out, v128.bitselect(v, v128.or(up, down), v128.ne<T>(v, v)));
  }
}

function exponential<T>(x: usize, out: usize, end: usize, table: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorExp<T>(v128.load(x), table));
}

/** out = log x over whole vectors. */
export function logarithm<T>(x: usize, out: usize, end: usize, table: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, vectorLog<T>(v128.load(x), table));
}

function squareRoot<T>(x: usize, out: usize, end: usize): void {
  for (; out < end; x += 16, out += 16) v128.store(out, v128.sqrt<T>(v128.load(x)));
}

function reciprocal<T>(x: usize, out: usize, end: usize): void {
  const one = v128.splat<T>(<T>1);
  for (; out < end; x += 16, out += 16) v128.store(out, v128.div<T>(one, v128.load(x)));
}

function reciprocalRoot<T>(x: usize, out: usize, end: usize): void {
  const one = v128.splat<T>(<T>1);
  for (; out < end; x += 16, out += 16) v128.store(out, v128.div<T>(one, v128.sqrt<T>(v128.load(x))));
}

/** out = f(x) for the function with this code; `tables` are this thread's coefficients. */
export function unary<T>(kernel: i32, x: usize, out: usize, bytes: usize, tables: usize): void {
  const end = out + bytes;
  switch (kernel) {
    case 0:
      neg<T>(x, out, end);
      break;
    case 1:
      absolute<T>(x, out, end);
      break;
    case 2:
      sign<T>(x, out, end);
      break;
    case 3:
      exponential<T>(x, out, end, expTable<T>(tables));
      break;
    case 4:
      logarithm<T>(x, out, end, logTable<T>(tables));
      break;
    case 5:
      squareRoot<T>(x, out, end);
      break;
    case 6:
      reciprocal<T>(x, out, end);
      break;
    case 7:
      hyperbolicTangent<T>(x, out, end, activationTable<T>(tables), expTable<T>(tables));
      break;
    case 8:
      logistic<T>(x, out, end, activationTable<T>(tables), expTable<T>(tables));
      break;
    case 9:
      reciprocalRoot<T>(x, out, end);
      break;
    case 10:
      gelu<T>(x, out, end, activationTable<T>(tables), expTable<T>(tables));
      break;
    case 11:
      exponentialMinusOne<T>(x, out, end, expm1Table<T>(tables), expTable<T>(tables));
      break;
    case 12:
      exponentialMinusLine<T>(x, out, end, expm1Table<T>(tables), expTable<T>(tables));
      break;
    case 13:
      logarithmOfOnePlus<T>(x, out, end, logTable<T>(tables));
      break;
    default:
      silu<T>(x, out, end, activationTable<T>(tables), expTable<T>(tables));
  }
}

/** out = f(x, y) for the function with this code. */
export function binary<T>(kernel: i32, x: usize, y: usize, out: usize, bytes: usize, tables: usize): void {
  const end = out + bytes;
  const one = v128.splat<T>(<T>1);
  switch (kernel) {
    case 0:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.add<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 1:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.sub<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 2:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.mul<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 3:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.div<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 4:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.min<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 5:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.max<T>(v128.load(x), v128.load(y)));
      }
      return;
    case 6:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.and(v128.gt<T>(v128.load(x), v128.load(y)), one));
      }
      return;
    case 7:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.and(v128.ge<T>(v128.load(x), v128.load(y)), one));
      }
      return;
    case 9:
      geluVjp<T>(x, y, out, end, activationTable<T>(tables), expTable<T>(tables));
      return;
    case 10:
      siluVjp<T>(x, y, out, end, activationTable<T>(tables), expTable<T>(tables));
      return;
    default:
      for (; out < end; x += 16, y += 16, out += 16) {
        v128.store(out, v128.and(v128.eq<T>(v128.load(x), v128.load(y)), one));
      }
  }
}

/** out = mask ≠ 0 ? x : y. */
export function where<T>(mask: usize, x: usize, y: usize, out: usize, bytes: usize): void {
  const end = out + bytes;
  const zero = v128.splat<T>(<T>0);
  for (; out < end; mask += 16, x += 16, y += 16, out += 16) {
    const chosen = v128.ne<T>(v128.load(mask), zero);
    v128.store(out, v128.bitselect(v128.load(x), v128.load(y), chosen));
  }
}

/** out = value everywhere. */
export function fill<T>(out: usize, value: T, bytes: usize): void {
  const end = out + bytes;
  const vector = v128.splat<T>(value);
  for (; out < end; out += 16) v128.store(out, vector);
}

/** out = value everywhere, for integers. */
export function fillI32(out: usize, value: i32, bytes: usize): void {
  fill<i32>(out, value, bytes);
}
