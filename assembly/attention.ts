// The pieces of causal attention, for every head of every sequence; nothing behind the mask is computed or read. Operands x are
// [batch·length, columns], head h in columns h·width, …; triangles p are [batch·length, heads, length], 0 above the diagonal.
//
//   weights: p_tj = softmax over j ≤ t of ⟨q_t, k_j⟩/√width        scores: p_tj = s·⟨x_t, y_j⟩ for j ≤ t
//   mix: y_t = s·Σ_{j ≤ t} p_tj·v_j                               spread: v_j = s·Σ_{t ≥ j} p_tj·y_t
//
// The last three are one trilinear form, so that each is made of the other two in its derivatives. Terms join in ascending
// order: n of them are right to (n + 2)·u·s·Σ|terms|. With E = (width + 4)·u·max_j Σ_c|q_tc·k_jc|/√width the error of a score,
// a weight is right to 2·E + (length / lanes + 10)·u relative, and one subnormal.
import { fullTile, lowerTile, upperTile } from './attention-tile';
import { expTable } from './coefficients';
import { vectorExp } from './exp';
import { firstLanes, lanes, maxLanes, storeFirst, sumLanes } from './lanes';
import { transpose } from './transpose';

/** Codes of the host's causal products; the third is spread. */
const SCORES: i32 = 0;
const MIX: i32 = 1;

/** Elements in a row of scratch matrices: `length` in whole tiles. */
function paddedLength(length: i32): i32 {
  return (length + 7) & ~7;
}

/** Bytes of scratch memory: one head's transposed operand and four rows of a triangle. */
export function attentionScratchBytes(length: i32, width: i32, elementBytes: i32): f64 {
  return <f64>elementBytes * <f64>paddedLength(length) * (<f64>width + 4);
}

/** ⟨x_r, y_j⟩ for up to four rows r, the first of which has place `first`, and all j up to the last row's place. */
function innerRows<T>(
  x: usize,
  row: usize,
  transposed: usize,
  side: i32,
  width: i32,
  first: i32,
  rows: i32,
  to: usize,
): void {
  const sideBytes = <usize>side * sizeof<T>();
  for (let j = 0; j < first + rows; j += 2 * lanes<T>()) {
    const at = <usize>j * sizeof<T>();
    fullTile<T>(x, row, transposed + at, sideBytes, width, to + at, sideBytes, rows);
  }
}

/** e ← e^(s·x − M) over the first `count` elements of a row; returns 1/Σ e. */
function exponentials<T>(row: usize, count: i32, scale: v128, table: usize): T {
  const lowest = v128.splat<T>(<T>-Infinity);
  let highest = lowest;
  let at = row;
  let left = count;
  for (; left >= lanes<T>(); left -= lanes<T>(), at += 16) highest = v128.pmax<T>(highest, v128.load(at));
  if (left > 0) highest = v128.pmax<T>(highest, v128.bitselect(v128.load(at), lowest, firstLanes<T>(left)));
  const max = v128.mul<T>(v128.splat<T>(maxLanes<T>(highest)), scale);
  let sum = v128.splat<T>(<T>0);
  at = row;
  left = count;
  for (; left > 0; left -= lanes<T>(), at += 16) {
    const x = v128.mul<T>(v128.load(at), scale);
    // 0 where x = M even if both are infinite.
    let d = v128.andnot(v128.sub<T>(x, max), v128.eq<T>(x, max));
    if (left < lanes<T>()) d = v128.bitselect(d, lowest, firstLanes<T>(left));
    const e = vectorExp<T>(d, table);
    sum = v128.add<T>(sum, e);
    v128.store(at, e);
  }
  return <T>(<T>1 / sumLanes<T>(sum));
}

/** A row of a triangle: factor·from for the first `count` elements, 0 up to `length`. */
function storeRow<T>(from: usize, factor: v128, to: usize, count: i32, length: i32): void {
  let left = count;
  for (; left >= lanes<T>(); left -= lanes<T>(), from += 16, to += 16) {
    v128.store(to, v128.mul<T>(factor, v128.load(from)));
  }
  let rest = length - (count - left);
  if (left > 0) {
    const last = v128.and(v128.mul<T>(factor, v128.load(from)), firstLanes<T>(left));
    if (rest >= lanes<T>()) v128.store(to, last);
    else storeFirst<T>(to, last, rest);
    to += 16;
    rest -= lanes<T>();
  }
  if (rest > 0) memory.fill(to, 0, <usize>rest * sizeof<T>());
}

function weightsOfHead<T>(
  q: usize,
  k: usize,
  out: usize,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scratch: usize,
  table: usize,
): void {
  const side = paddedLength(length);
  const sideBytes = <usize>side * sizeof<T>();
  const scores = scratch + <usize>width * sideBytes;
  const scale = v128.splat<T>(<T>(<T>1 / sqrt<T>(<T>width)));
  transpose<T>(k, row, scratch, sideBytes, length, width);
  for (let t = 0; t < length; t += 4, q += 4 * row) {
    const rows = min(4, length - t);
    innerRows<T>(q, row, scratch, side, width, t, rows, scores);
    for (let r = 0; r < rows; r++, out += triangleRow) {
      const from = scores + <usize>r * sideBytes;
      const inverse = v128.splat<T>(exponentials<T>(from, t + r + 1, scale, table));
      storeRow<T>(from, inverse, out, t + r + 1, length);
    }
  }
}

function scoresOfHead<T>(
  x: usize,
  y: usize,
  out: usize,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scale: v128,
  scratch: usize,
): void {
  const side = paddedLength(length);
  const sideBytes = <usize>side * sizeof<T>();
  const scores = scratch + <usize>width * sideBytes;
  transpose<T>(y, row, scratch, sideBytes, length, width);
  for (let t = 0; t < length; t += 4, x += 4 * row) {
    const rows = min(4, length - t);
    innerRows<T>(x, row, scratch, side, width, t, rows, scores);
    for (let r = 0; r < rows; r++, out += triangleRow) {
      storeRow<T>(scores + <usize>r * sideBytes, scale, out, t + r + 1, length);
    }
  }
}

function mixOfHead<T>(
  p: usize,
  v: usize,
  out: usize,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scale: v128,
): void {
  for (let t = 0; t < length; t += 4, p += 4 * triangleRow, out += 4 * row) {
    const rows = min(4, length - t);
    for (let c = 0; c < width; c += 2 * lanes<T>()) {
      const at = <usize>c * sizeof<T>();
      lowerTile<T>(p, triangleRow, v + at, row, t, scale, out + at, row, rows, width - c);
    }
  }
}

function spreadOfHead<T>(
  p: usize,
  y: usize,
  out: usize,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scale: v128,
): void {
  for (let j = 0; j < length; j += 4) {
    const rows = min(4, length - j);
    const from = p + <usize>j * (triangleRow + sizeof<T>());
    for (let c = 0; c < width; c += 2 * lanes<T>()) {
      const at = <usize>j * row + <usize>c * sizeof<T>();
      upperTile<T>(from, triangleRow, y + at, row, length - j, scale, out + at, row, rows, width - c);
    }
  }
}

function attentionWeights<T>(
  q: usize,
  k: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scratch: usize,
  tables: usize,
): void {
  const size: usize = sizeof<T>();
  const table = expTable<T>(tables);
  for (let b: usize = 0; b < <usize>batch; b++) {
    for (let h: usize = 0; h < <usize>heads; h++) {
      const at = b * <usize>length * row + h * <usize>width * size;
      const to = out + b * <usize>length * triangleRow + h * <usize>length * size;
      weightsOfHead<T>(q + at, k + at, to, length, width, row, triangleRow, scratch, table);
    }
  }
}

function causalProduct<T>(
  form: i32,
  a: usize,
  b: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  factor: f64,
  scratch: usize,
): void {
  const size: usize = sizeof<T>();
  const scale = v128.splat<T>(<T>factor);
  for (let s: usize = 0; s < <usize>batch; s++) {
    for (let h: usize = 0; h < <usize>heads; h++) {
      const at = s * <usize>length * row + h * <usize>width * size;
      const from = s * <usize>length * triangleRow + h * <usize>length * size;
      if (form === SCORES) {
        scoresOfHead<T>(a + at, b + at, out + from, length, width, row, triangleRow, scale, scratch);
      } else if (form === MIX) {
        mixOfHead<T>(a + from, b + at, out + at, length, width, row, triangleRow, scale);
      } else {
        spreadOfHead<T>(a + from, b + at, out + at, length, width, row, triangleRow, scale);
      }
    }
  }
}

export function attentionWeightsF32(
  q: usize,
  k: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scratch: usize,
  tables: usize,
): void {
  attentionWeights<f32>(q, k, out, batch, heads, length, width, row, triangleRow, scratch, tables);
}
export function attentionWeightsF64(
  q: usize,
  k: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  scratch: usize,
  tables: usize,
): void {
  attentionWeights<f64>(q, k, out, batch, heads, length, width, row, triangleRow, scratch, tables);
}
export function causalProductF32(
  form: i32,
  a: usize,
  b: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  factor: f64,
  scratch: usize,
): void {
  causalProduct<f32>(form, a, b, out, batch, heads, length, width, row, triangleRow, factor, scratch);
}
export function causalProductF64(
  form: i32,
  a: usize,
  b: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  row: usize,
  triangleRow: usize,
  factor: f64,
  scratch: usize,
): void {
  causalProduct<f64>(form, a, b, out, batch, heads, length, width, row, triangleRow, factor, scratch);
}
