// The pieces of causal attention, for every head of every sequence. Nothing behind the mask is computed or read. Operands x are
// [batch·length, columns]; head h begins at column h·width. Triangles p are [batch·length, heads, length], 0 above the diagonal.
//
//   weights: p_tj = softmax over t − window < j ≤ t of ⟨q_t, k_j⟩/√width, 0 elsewhere     scores: p_tj = s·⟨x_t, y_j⟩ for j ≤ t
//   mix: y_t = s·Σ_{j ≤ t} p_tj·v_j                               spread: v_j = s·Σ_{t ≥ j} p_tj·y_t
//
// The last three belong to one trilinear form, so the derivatives of each are made of the other two. Terms are added in
// ascending order: a sum of n terms is right to (n + 2)·u·s·Σ|terms|. The error of a score is
// E = (width + 4)·u·max_j Σ_c|q_tc·k_jc|/√width. A weight is right to 2·E + (length / lanes + 10)·u relative, plus one subnormal.
import { fullTile, lowerTile, upperTile } from './attentionTile';
import { expTable } from './coefficients';
import { rowMaxima, rowTerms } from './exponentials';
import { firstLanes, firstOfPair, lanes, pairSums, secondOfPair, storeFirst } from './lanes';
import { hideFirst } from './rows';
import { transpose } from './transpose';

/** Codes of the host's causal products. The third code means spread. */
const SCORES: i32 = 0;
const MIX: i32 = 1;

/** Elements in a row of a scratch matrix: `length` rounded up to whole tiles. */
function paddedLength(length: i32): i32 {
  return (length + 7) & ~7;
}

/** Bytes of scratch memory: one head's transposed operand and four rows of a triangle. */
export function attentionScratchBytes(length: i32, width: i32, elementBytes: i32): f64 {
  return <f64>elementBytes * <f64>paddedLength(length) * (<f64>width + 4);
}

/** Computes s·⟨x_r, y_j⟩ for up to four rows r and all j up to the last row's place. The first row has place `first`. */
function innerRows<T>(
  x: usize,
  row: usize,
  transposed: usize,
  side: i32,
  width: i32,
  first: i32,
  rows: i32,
  to: usize,
  scale: v128,
): void {
  const sideBytes = <usize>side * sizeof<T>();
  for (let j = 0; j < first + rows; j += 2 * lanes<T>()) {
    const at = <usize>j * sizeof<T>();
    fullTile<T>(x, row, transposed + at, sideBytes, width, to + at, sideBytes, rows, scale);
  }
}

/** Writes a row of a triangle: factor·from for the first `count` elements, then 0 up to `length`. */
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

/** Turns the scores of two rows into terms, in place. row0 has `columns` of them, row1 one more unless it is row0. Returns 1/Σ as a pair. */
function termsOfRows<T>(row0: usize, row1: usize, columns: i32, table: usize): v128 {
  const columns1 = row1 === row0 ? columns : columns + 1;
  // Both maxima are taken over the length of the longer row.
  if (row1 !== row0) store<T>(row0 + <usize>columns * sizeof<T>(), <T>-Infinity);
  const maxima = rowMaxima<T>(row0, row1, columns1);
  const sum = rowTerms<T>(row0, row0, columns, firstOfPair<T>(maxima), table);
  const sum1 = row1 === row0 ? sum : rowTerms<T>(row1, row1, columns1, secondOfPair<T>(maxima), table);
  return v128.div<T>(v128.splat<T>(<T>1), pairSums<T>(sum, sum1));
}

function weightsOfHead<T>(
  q: usize,
  k: usize,
  out: usize,
  length: i32,
  width: i32,
  window: i32,
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
    innerRows<T>(q, row, scratch, side, width, t, rows, scores, scale);
    for (let r = 0; r < rows; r++) hideFirst<T>(scores + <usize>r * sideBytes, t + r + 1 - window);
    for (let r = 0; r < rows; r += 2, out += 2 * triangleRow) {
      const row0 = scores + <usize>r * sideBytes;
      const row1 = r + 1 < rows ? row0 + sideBytes : row0;
      const inverses = termsOfRows<T>(row0, row1, t + r + 1, table);
      storeRow<T>(row0, firstOfPair<T>(inverses), out, t + r + 1, length);
      if (r + 1 < rows) storeRow<T>(row1, secondOfPair<T>(inverses), out + triangleRow, t + r + 2, length);
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
  const one = v128.splat<T>(<T>1);
  transpose<T>(y, row, scratch, sideBytes, length, width);
  for (let t = 0; t < length; t += 4, x += 4 * row) {
    const rows = min(4, length - t);
    innerRows<T>(x, row, scratch, side, width, t, rows, scores, scale);
    for (let r = 0; r < rows; r++, out += triangleRow) {
      storeRow<T>(scores + <usize>r * sideBytes, one, out, t + r + 1, length);
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

/** Computes the weights of every head; a place sees the last `window` up to itself. Heads lie `width` elements apart; places lie `row` and `triangleRow` bytes apart. */
export function attentionWeights<T>(
  q: usize,
  k: usize,
  out: usize,
  batch: i32,
  heads: i32,
  length: i32,
  width: i32,
  window: i32,
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
      weightsOfHead<T>(q + at, k + at, to, length, width, window, row, triangleRow, scratch, table);
    }
  }
}

/** out = factor times the product of this form. Places lie `row` and `triangleRow` bytes apart. */
export function causalProduct<T>(
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
