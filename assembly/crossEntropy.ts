// Cross-entropy of rows of logits with one target each, and its adjoint. With M the row's maximum and d = x − M:
//   y = log Σ e^d − d_t,   x̄_c = ȳ·(e^{d_c}/Σ e^d − [c = t]).
// Both return the position of the first target outside [0, columns), or −1; rows before it have been done. Errors: that of
// logSoftmax and softmax in rows.ts, and one rounding of each operation after them.
import { expTable, scratchVector } from './coefficients';
import { lanes, storeFirst } from './lanes';
import { expSum, rowMax, scalarLog } from './rows';

function crossEntropy<T>(x: usize, targets: usize, out: usize, rows: i32, columns: i32, tables: usize): i32 {
  const rowBytes = <usize>columns * sizeof<T>();
  for (let r = 0; r < rows; r++, x += rowBytes, targets += 4, out += sizeof<T>()) {
    const target = load<u32>(targets);
    if (target >= <u32>columns) return r;
    const max = rowMax<T>(x, columns);
    const sum = expSum<T>(x, scratchVector(tables), 0, columns, v128.splat<T>(max), expTable<T>(tables));
    const at = load<T>(x + <usize>target * sizeof<T>());
    const distance = at === max ? <T>0 : <T>(at - max);
    store<T>(out, <T>(scalarLog<T>(sum, tables) - distance));
  }
  return -1;
}

function crossEntropyVjp<T>(
  x: usize,
  targets: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  const size: usize = sizeof<T>();
  const rowBytes = <usize>columns * size;
  for (let r = 0; r < rows; r++, x += rowBytes, targets += 4, cotangent += size, out += rowBytes) {
    const target = load<u32>(targets);
    if (target >= <u32>columns) return r;
    const max = v128.splat<T>(rowMax<T>(x, columns));
    const sum = v128.splat<T>(expSum<T>(x, out, 16, columns, max, expTable<T>(tables)));
    const along = load<T>(cotangent);
    const at = out + <usize>target * size;
    // p_t − 1 first, then everything times ȳ: the target's entry rounds like the others.
    const share = <T>(load<T>(at) / firstLane<T>(sum) - <T>1);
    const scale = v128.splat<T>(along);
    let to = out;
    let left = columns;
    for (; left >= lanes<T>(); left -= lanes<T>(), to += 16) {
      v128.store(to, v128.mul<T>(scale, v128.div<T>(v128.load(to), sum)));
    }
    if (left > 0) storeFirst<T>(to, v128.mul<T>(scale, v128.div<T>(v128.load(to), sum)), left);
    store<T>(at, <T>(along * share));
  }
  return -1;
}

function firstLane<T>(vector: v128): T {
  if (sizeof<T>() === 8) return <T>f64x2.extract_lane(vector, 0);
  return <T>f32x4.extract_lane(vector, 0);
}

export function crossEntropyF32(
  x: usize,
  targets: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  return crossEntropy<f32>(x, targets, out, rows, columns, tables);
}
export function crossEntropyF64(
  x: usize,
  targets: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  return crossEntropy<f64>(x, targets, out, rows, columns, tables);
}
export function crossEntropyVjpF32(
  x: usize,
  targets: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  return crossEntropyVjp<f32>(x, targets, cotangent, out, rows, columns, tables);
}
export function crossEntropyVjpF64(
  x: usize,
  targets: usize,
  cotangent: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  return crossEntropyVjp<f64>(x, targets, cotangent, out, rows, columns, tables);
}
