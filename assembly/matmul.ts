// Batched matrix products. B goes panel by panel (256 steps of k, at most 16 KiB) into a packed copy that stays in the
// first-level cache while the row tiles of A pass over it. A is read in place, or from a transposed copy of 128 rows
// for Aᵀ·B. A longer k continues from C. Tiles at the right and lower edge are computed in a scratch tile and the part
// that lies inside is copied, so the terms and their order are the same everywhere.
//
// Terms are added in ascending k: |computed − exact| ≤ (k + 1)·u·(Σ|a·b| + |C| when accumulating), u = 2^−53 or 2^−24.
import { narrowTile, wideTile } from './matmul-tile';
import { transpose } from './transpose';

/** Codes of the host's matmul forms: A·B is 0. */
const TN: i32 = 1;
const NT: i32 = 2;

/** Steps of k in a panel of B, rows in a block of A. */
const DEPTH: i32 = 256;
const ROWS: i32 = 128;

/** Scratch memory: a tile of C, a panel of B, a transposed block of A. */
const PANEL: usize = 128;
const BLOCK: usize = PANEL + 64 * 256;

/** Bytes of scratch memory a product needs. */
export function matmulScratchBytes(): i32 {
  return <i32>BLOCK + 8 * ROWS * DEPTH;
}

/** to[p, j] = b[p, j] for p < k, j < columns, zero for columns ≤ j < toRow / size. */
function packRows<T>(b: usize, bRow: usize, k: i32, columns: i32, to: usize, toRow: usize): void {
  const bytes = <usize>columns * sizeof<T>();
  const zero = i64x2(0, 0);
  for (let p = 0; p < k; p++, b += bRow, to += toRow) {
    if (bytes === toRow) {
      for (let j: usize = 0; j < bytes; j += 16) v128.store(to + j, v128.load(b + j));
    } else {
      for (let j: usize = 0; j < toRow; j += 16) v128.store(to + j, zero);
      for (let j: usize = 0; j < bytes; j += sizeof<T>()) store<T>(to + j, load<T>(b + j));
    }
  }
}

/** to[p, j] = b[j, p] for p < k, j < columns, zero for columns ≤ j < toRow / size. */
function packColumns<T>(b: usize, bRow: usize, k: i32, columns: i32, to: usize, toRow: usize): void {
  const used = <usize>columns * sizeof<T>();
  if (used < toRow) {
    const end = to + <usize>k * toRow;
    for (let row = to; row < end; row += toRow) {
      for (let j = used; j < toRow; j += sizeof<T>()) store<T>(row + j, <T>0);
    }
  }
  transpose<T>(b, bRow, to, toRow, columns, k);
}

function copyTile<T>(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, from += fromRow, to += toRow) {
    for (let j: usize = 0; j < <usize>columns; j++) {
      store<T>(to + j * sizeof<T>(), load<T>(from + j * sizeof<T>()));
    }
  }
}

/** C's column panel of 4 vectors: all of a's rows against the packed panel. */
function widePanel<T>(
  a: usize,
  aRow: usize,
  scratch: usize,
  k: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  continues: bool,
): void {
  const panel = scratch + PANEL;
  const whole = <usize>columns * sizeof<T>() === 64;
  for (let i = 0; i < rows; i += 2, a += 2 * aRow, c += 2 * cRow) {
    if (whole && i + 2 <= rows) {
      wideTile<T>(a, a + aRow, panel, k, c, cRow, continues);
      continue;
    }
    // A missing row repeats the one above; its results are not copied.
    const height = min(2, rows - i);
    if (continues) copyTile<T>(c, cRow, scratch, 64, height, columns);
    wideTile<T>(a, height === 2 ? a + aRow : a, panel, k, scratch, 64, continues);
    copyTile<T>(scratch, 64, c, cRow, height, columns);
  }
}

/** C's last columns, at most 2 vectors. */
function narrowPanel<T>(
  a: usize,
  aRow: usize,
  scratch: usize,
  k: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  continues: bool,
): void {
  const panel = scratch + PANEL;
  const whole = <usize>columns * sizeof<T>() === 32;
  for (let i = 0; i < rows; i += 4, a += 4 * aRow, c += 4 * cRow) {
    const height = min(4, rows - i);
    const a1 = height > 1 ? a + aRow : a;
    const a2 = height > 2 ? a1 + aRow : a1;
    const a3 = height > 3 ? a2 + aRow : a2;
    if (whole && height === 4) {
      narrowTile<T>(a, a1, a2, a3, panel, k, c, cRow, continues);
      continue;
    }
    if (continues) copyTile<T>(c, cRow, scratch, 32, height, columns);
    narrowTile<T>(a, a1, a2, a3, panel, k, scratch, 32, continues);
    copyTile<T>(scratch, 32, c, cRow, height, columns);
  }
}

function product<T>(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const size: usize = sizeof<T>();
  const wide = 64 / <i32>sizeof<T>();
  const cRow = <usize>n * size;
  const bRow = <usize>(form === NT ? k : n) * size;
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    const continues = accumulate || p > 0;
    for (let i = 0; i < m; i += ROWS) {
      const rows = min(ROWS, m - i);
      let block = a + (<usize>i * <usize>k + <usize>p) * size;
      let blockRow = <usize>k * size;
      if (form === TN) {
        block = scratch + BLOCK;
        blockRow = <usize>depth * size;
        transpose<T>(
          a + (<usize>p * <usize>m + <usize>i) * size,
          <usize>m * size,
          block,
          blockRow,
          depth,
          rows,
        );
      }
      for (let j = 0; j < n; j += wide) {
        const columns = min(wide, n - j);
        const narrow = 2 * columns <= wide;
        const panelRow: usize = narrow ? 32 : 64;
        const to = scratch + PANEL;
        if (form === NT) {
          packColumns<T>(b + <usize>j * bRow + <usize>p * size, bRow, depth, columns, to, panelRow);
        } else {
          packRows<T>(b + <usize>p * bRow + <usize>j * size, bRow, depth, columns, to, panelRow);
        }
        const at = c + <usize>i * cRow + <usize>j * size;
        if (narrow) narrowPanel<T>(block, blockRow, scratch, depth, at, cRow, rows, columns, continues);
        else widePanel<T>(block, blockRow, scratch, depth, at, cRow, rows, columns, continues);
      }
    }
  }
}

function matmul<T>(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const size: usize = sizeof<T>();
  const cBytes = <usize>m * <usize>n * size;
  if (k === 0) {
    if (!accumulate) memory.fill(c, 0, <usize>batch * cBytes);
    return;
  }
  const aBytes = <usize>m * <usize>k * size;
  const bBytes = <usize>k * <usize>n * size;
  for (let s = 0; s < batch; s++, a += aBytes, b += bBytes, c += cBytes) {
    product<T>(form, a, b, c, m, n, k, accumulate, scratch);
  }
}

export function matmulF32(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  matmul<f32>(form, a, b, c, batch, m, n, k, accumulate, scratch);
}
export function matmulF64(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  matmul<f64>(form, a, b, c, batch, m, n, k, accumulate, scratch);
}
