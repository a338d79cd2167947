// Attention of single queries to the keys and values of their own sequence, kept from earlier steps. A row of x holds query, key
// and value side by side; row r belongs to place places[r] of the sequence in slot slots[r]. Keys are kept as
// [slots, columns, context], so that a vector holds one column of neighbouring places. Values are kept as [slots, context, columns].
//
//   out_r = Σ_{j ≤ place} p_j·v_j,   p = softmax over place − window < j ≤ place of ⟨q, k_j⟩/√width,   head by head.
//
// Terms are added in the order of assembly/attention.ts, so the result equals that of a whole sequence to the bit and has the
// same error bounds.
import { expTable } from './coefficients';
import { rowMaxima, rowTerms } from './exponentials';
import { firstOfPair, lanes, pairSums, secondOfPair, storeFirst } from './lanes';
import { multiplyAdd } from './multiplyAdd';
import { hideFirst, scaleRow } from './rows';

/** Bytes of a row of scores, rounded up to whole blocks of 4 vectors. */
function scoreBytes(context: i32, elementBytes: i32): i32 {
  return (context * elementBytes + 63) & ~63;
}

/** Bytes of scratch memory: the scores of two heads. */
export function cachedScratchBytes(context: i32, elementBytes: i32): i32 {
  return 2 * scoreBytes(context, elementBytes);
}

/** Keeps the keys and values of the rows. Returns the first row whose slot or place does not exist, or −1. That row and later ones are not kept. */
export function keepRows<T>(
  x: usize,
  keys: usize,
  values: usize,
  slots: usize,
  places: usize,
  rows: i32,
  columns: i32,
  context: i32,
  slotCount: i32,
): i32 {
  const rowBytes = <usize>columns * sizeof<T>();
  const step = <usize>context * sizeof<T>();
  for (let r = 0; r < rows; r++, x += 3 * rowBytes) {
    const slot = load<u32>(slots + 4 * <usize>r);
    const place = load<u32>(places + 4 * <usize>r);
    if (slot >= <u32>slotCount || place >= <u32>context) return r;
    const start = <usize>slot * <usize>context * rowBytes;
    let to = keys + start + <usize>place * sizeof<T>();
    const end = x + 2 * rowBytes;
    for (let from = x + rowBytes; from < end; from += sizeof<T>(), to += step) store<T>(to, load<T>(from));
    memory.copy(values + start + <usize>place * rowBytes, end, rowBytes);
  }
  return -1;
}

/** to[j] = scale·Σ_p a[p]·B[p, j] for j < count, with p ascending. Whole blocks of 4 vectors are stored. */
function scoreRow<T>(a: usize, b: usize, bRow: usize, terms: i32, count: i32, scale: v128, to: usize): void {
  const end = a + <usize>terms * sizeof<T>();
  for (let j = 0; j < count; j += 4 * lanes<T>(), b += 64, to += 64) {
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let row = b;
    for (let at = a; at < end; at += sizeof<T>(), row += bRow) {
      const x = v128.load_splat<T>(at);
      s0 = multiplyAdd<T>(x, v128.load(row), s0);
      s1 = multiplyAdd<T>(x, v128.load(row, 16), s1);
      s2 = multiplyAdd<T>(x, v128.load(row, 32), s2);
      s3 = multiplyAdd<T>(x, v128.load(row, 48), s3);
    }
    v128.store(to, v128.mul<T>(scale, s0));
    v128.store(to, v128.mul<T>(scale, s1), 16);
    v128.store(to, v128.mul<T>(scale, s2), 32);
    v128.store(to, v128.mul<T>(scale, s3), 48);
  }
}

/** to[c] = Σ_j p[j]·V[j, c] for c < width, with j ascending. */
function mixRow<T>(p: usize, v: usize, vRow: usize, count: i32, width: i32, to: usize): void {
  const end = p + <usize>count * sizeof<T>();
  for (; width > 0; width -= 4 * lanes<T>(), v += 64, to += 64) {
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let row = v;
    for (let at = p; at < end; at += sizeof<T>(), row += vRow) {
      const x = v128.load_splat<T>(at);
      s0 = multiplyAdd<T>(x, v128.load(row), s0);
      s1 = multiplyAdd<T>(x, v128.load(row, 16), s1);
      s2 = multiplyAdd<T>(x, v128.load(row, 32), s2);
      s3 = multiplyAdd<T>(x, v128.load(row, 48), s3);
    }
    storePart<T>(to, s0, width);
    storePart<T>(to + 16, s1, width - lanes<T>());
    storePart<T>(to + 32, s2, width - 2 * lanes<T>());
    storePart<T>(to + 48, s3, width - 3 * lanes<T>());
  }
}

/** Stores as many lanes as there are columns left. */
function storePart<T>(to: usize, vector: v128, columns: i32): void {
  if (columns >= lanes<T>()) v128.store(to, vector);
  else if (columns > 0) storeFirst<T>(to, vector, columns);
}

/** Computes rows first … first + rows − 1 of out. x, out, slots and places all begin with row `first`. */
export function attendRows<T>(
  x: usize,
  keys: usize,
  values: usize,
  slots: usize,
  places: usize,
  out: usize,
  rows: i32,
  heads: i32,
  width: i32,
  context: i32,
  window: i32,
  scratch: usize,
  tables: usize,
): void {
  const rowBytes = <usize>heads * <usize>width * sizeof<T>();
  const headBytes = <usize>width * sizeof<T>();
  const keyRow = <usize>context * sizeof<T>();
  const keyHead = <usize>width * keyRow;
  const scale = v128.splat<T>(<T>(<T>1 / sqrt<T>(<T>width)));
  const one = v128.splat<T>(<T>1);
  const table = expTable<T>(tables);
  for (let r = 0; r < rows; r++, x += 3 * rowBytes, out += rowBytes) {
    const count = load<i32>(places + 4 * <usize>r) + 1;
    const start = <usize>load<u32>(slots + 4 * <usize>r) * <usize>context * rowBytes;
    let q = x;
    let key = keys + start;
    let value = values + start;
    let to = out;
    for (let left = heads; left > 0; left -= 2) {
      // Two heads share the expensive operations across lanes. A last single head is its own partner.
      const both = left > 1;
      const p0 = scratch;
      const p1 = both ? scratch + <usize>scoreBytes(context, <i32>sizeof<T>()) : p0;
      scoreRow<T>(q, key, keyRow, width, count, scale, p0);
      if (both) scoreRow<T>(q + headBytes, key + keyHead, keyRow, width, count, scale, p1);
      hideFirst<T>(p0, count - window);
      if (both) hideFirst<T>(p1, count - window);
      const maxima = rowMaxima<T>(p0, p1, count);
      const sum0 = rowTerms<T>(p0, p0, count, firstOfPair<T>(maxima), table);
      const sum1 = both ? rowTerms<T>(p1, p1, count, secondOfPair<T>(maxima), table) : sum0;
      const inverses = v128.div<T>(one, pairSums<T>(sum0, sum1));
      scaleRow<T>(p0, firstOfPair<T>(inverses), count);
      mixRow<T>(p0, value, rowBytes, count, width, to);
      if (both) {
        scaleRow<T>(p1, secondOfPair<T>(inverses), count);
        mixRow<T>(p1, value + headBytes, rowBytes, count, width, to + headBytes);
      }
      q += 2 * headBytes;
      key += 2 * keyHead;
      value += 2 * headBytes;
      to += 2 * headBytes;
    }
  }
}
