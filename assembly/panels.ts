// Panels of B. A panel is as wide as a tile; its columns are packed side by side, so that a step of k reads one piece of memory.
import { lanes } from './lanes';
import { transpose } from './transpose';

/** Code of the host's matmul form A·Bᵀ. */
const NT: i32 = 2;

/** How many of the `left` vectors the next panel takes: `wide`, and at the end 2, or 3 so that no single vector is left. */
export function panelWidth(left: i32, wide: i32): i32 {
  if (left === 3 || left === wide + 1) return left === 3 ? 3 : 2;
  return left >= wide ? wide : left >= 2 ? 2 : 1;
}

/** to[p, j] = b[p, j] for p < k, j < columns, zero up to the width of the panel. */
function packRows<T>(b: usize, bRow: usize, k: i32, columns: i32, to: usize, width: i32): void {
  const toRow = <usize>width * 16;
  if (<usize>columns * sizeof<T>() === toRow) {
    if (width === 2) {
      for (; k > 0; k--, b += bRow, to += 32) {
        v128.store(to, v128.load(b));
        v128.store(to, v128.load(b, 16), 16);
      }
      return;
    }
    for (; k > 0; k--, b += bRow, to += toRow) {
      for (let j: usize = 0; j < toRow; j += 16) v128.store(to + j, v128.load(b + j));
    }
    return;
  }
  const zero = i64x2(0, 0);
  for (; k > 0; k--, b += bRow, to += toRow) {
    for (let j: usize = 0; j < toRow; j += 16) v128.store(to + j, zero);
    for (let j: usize = 0; j < <usize>columns * sizeof<T>(); j += sizeof<T>())
      store<T>(to + j, load<T>(b + j));
  }
}

/** to[p, j] = b[j, p] for p < k, j < columns, zero up to the width of the panel. */
function packColumns<T>(b: usize, bRow: usize, k: i32, columns: i32, to: usize, width: i32): void {
  const toRow = <usize>width * 16;
  const used = <usize>columns * sizeof<T>();
  if (used < toRow) {
    const end = to + <usize>k * toRow;
    for (let row = to; row < end; row += toRow) {
      for (let j = used; j < toRow; j += sizeof<T>()) store<T>(row + j, <T>0);
    }
  }
  transpose<T>(b, bRow, to, toRow, columns, k);
}

/**
 * How many columns the last panel shares with the one before, so that it is full. They are computed twice, with the same bits.
 * There are none where sums continue from C, because their terms would be counted twice.
 */
export function sharedColumns(columns: i32, open: i32, panel: i32, continues: bool): i32 {
  return continues || open >= panel || columns < panel ? 0 : panel - open;
}

/** Packs b[0…k, 0…n] (its transpose for A·Bᵀ) panel by panel. */
export function packRight<T>(
  form: i32,
  b: usize,
  bRow: usize,
  k: i32,
  n: i32,
  to: usize,
  wide: i32,
  continues: bool,
): void {
  let left = n;
  while (left > 0) {
    const width = panelWidth((left + lanes<T>() - 1) / lanes<T>(), wide);
    const shared = sharedColumns(n, left, width * lanes<T>(), continues);
    left += shared;
    b -= <usize>shared * (form === NT ? bRow : sizeof<T>());
    const columns = min(left, width * lanes<T>());
    if (form === NT) {
      packColumns<T>(b, bRow, k, columns, to, width);
      b += <usize>columns * bRow;
    } else {
      packRows<T>(b, bRow, k, columns, to, width);
      b += <usize>columns * sizeof<T>();
    }
    to += <usize>(k * width * 16);
    left -= columns;
  }
}
