// Cross-entropy of rows of logits with one target each, and its adjoint. With M the row's maximum and d = x − M:
//   y = log Σ e^d − d_t,   x̄_c = ȳ·(e^{d_c}/Σ e^d − [c = t]).
// Both return the position of the first target outside [0, columns), or −1. The errors are those of logSoftmax and softmax in
// rows.ts, plus one rounding for each operation after them.
import { rowMaxima } from './exponentials';
import { firstLane, firstOfPair, lanes, secondLane, secondOfPair, storeFirst } from './lanes';
import { pairLogSums, pairTerms } from './rows';

/** log Σ e^d − d_t of one row. */
function lossOfRow<T>(x: usize, target: u32, max: T, logSum: T): T {
  const at = load<T>(x + <usize>target * sizeof<T>());
  return <T>(logSum - (at === max ? <T>0 : <T>(at - max)));
}

/** out = log Σ e^d − d_t of every row. Returns the row of the first bad target, or −1. */
export function crossEntropy<T>(
  x: usize,
  targets: usize,
  out: usize,
  rows: i32,
  columns: i32,
  tables: usize,
): i32 {
  const rowBytes = <usize>columns * sizeof<T>();
  for (let r = 0; r < rows; r += 2, x += 2 * rowBytes, targets += 8, out += 2 * sizeof<T>()) {
    const isPair = r + 1 < rows;
    const target = load<u32>(targets);
    const target1 = isPair ? load<u32>(targets, 4) : target;
    if (target >= <u32>columns) return r;
    if (target1 >= <u32>columns) return r + 1;
    const x1 = isPair ? x + rowBytes : x;
    const maxima = rowMaxima<T>(x, x1, columns);
    const logs = pairLogSums<T>(x, x1, columns, maxima, tables);
    store<T>(out, lossOfRow<T>(x, target, firstLane<T>(maxima), firstLane<T>(logs)));
    if (isPair) {
      const loss = lossOfRow<T>(x1, target1, secondLane<T>(maxima), secondLane<T>(logs));
      store<T>(out + sizeof<T>(), loss);
    }
  }
  return -1;
}

/** Turns the terms of one row into ȳ·(p − 1_t). p_t − 1 comes first; then everything is multiplied by ȳ, so that the target rounds like the others. */
function adjointOfRow<T>(out: usize, target: u32, factor: v128, along: T, columns: i32): void {
  const at = out + <usize>target * sizeof<T>();
  const share = <T>(along * <T>(load<T>(at) * firstLane<T>(factor) - <T>1));
  const scale = v128.splat<T>(along);
  let left = columns;
  for (; left > 0; left -= lanes<T>(), out += 16) {
    const p = v128.mul<T>(v128.load(out), factor);
    if (left >= lanes<T>()) v128.store(out, v128.mul<T>(scale, p));
    else storeFirst<T>(out, v128.mul<T>(scale, p), left);
  }
  store<T>(at, share);
}

/** out = x̄ of every row. Returns the row of the first bad target, or −1. */
export function crossEntropyVjp<T>(
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
  const one = v128.splat<T>(<T>1);
  for (
    let r = 0;
    r < rows;
    r += 2, x += 2 * rowBytes, targets += 8, cotangent += 2 * size, out += 2 * rowBytes
  ) {
    const isPair = r + 1 < rows;
    const target = load<u32>(targets);
    const target1 = isPair ? load<u32>(targets, 4) : target;
    if (target >= <u32>columns) return r;
    if (target1 >= <u32>columns) return r + 1;
    const x1 = isPair ? x + rowBytes : x;
    const out1 = isPair ? out + rowBytes : out;
    const maxima = rowMaxima<T>(x, x1, columns);
    const factors = v128.div<T>(one, pairTerms<T>(x, x1, out, out1, columns, maxima, tables));
    adjointOfRow<T>(out, target, firstOfPair<T>(factors), load<T>(cotangent), columns);
    if (isPair) {
      adjointOfRow<T>(out1, target1, secondOfPair<T>(factors), load<T>(cotangent + size), columns);
    }
  }
  return -1;
}
