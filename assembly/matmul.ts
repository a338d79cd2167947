// Batched matrix products in blocks. A block of B (2 KiB of k times 2 KiB of columns) is packed once into panels as wide
// as a tile. A panel stays in the first-level cache while at most 120 rows of A pass over it; these rows stay in the
// second-level cache. A is read in place, except for Aᵀ·B, where these rows are read from a transposed copy. B is read in place
// too where packing would cost more than it gains (few rows). A longer k continues from C.
//
// The tiles are in generated/tiles.ts. Every element adds its terms in ascending k and starts from 0, from the bias or from
// residual + bias. So its bits do not depend on blocks, tiles or threads. |computed − exact| ≤ (k + 2)·u·(Σ|a·b| + |start|) with
// u = 2^−53 or 2^−24.
import { placeTile, rowsTile } from './generated/tiles';
import { lanes, storeFirst } from './lanes';
import { packRight, panelWidth, sharedColumns } from './panels';
import { transpose } from './transpose';

/** Codes of the host's matmul forms: A·B is 0. */
const TN: i32 = 1;
const NT: i32 = 2;

/** The block sizes: bytes of k, bytes of a row of a block of B, rows of a block of A. */
const DEPTH: i32 = 2048;
const SPAN: i32 = 2048;
const ROWS: i32 = 120;

/** The parts of the scratch memory: a row of zeros, a tile's result and its start, a block of B, a block of A. */
const TILE: usize = 64;
const START: usize = TILE + 8 * 64;
const RIGHT: usize = START + 8 * 64;
const LEFT: usize = RIGHT + (DEPTH / 4) * SPAN;

/** Bytes of scratch memory a product needs. */
export function matmulScratchBytes(): i32 {
  return <i32>LEFT + (DEPTH + 64) * ROWS;
}

/** How many of the `left` rows the next tile takes: `tall` until few are left, which are divided so that no tile is too low. */
function tileHeight(left: i32, tall: i32): i32 {
  if (left >= 3 * tall) return tall;
  const most = tall === 4 ? 5 : tall === 2 ? 3 : tall;
  if (left <= most) return tall === 8 && left > 4 && left < 8 ? 4 : left;
  if (tall === 8) return 8;
  const tiles = max(left / tall, (left + most - 1) / most);
  return (left + tiles - 1) / tiles;
}

/** The tallest tile for a panel of this width that still leaves registers for everything else. */
function panelHeight(width: i32, tall: i32): i32 {
  if (width === 1) return 8;
  return width === 3 ? 3 : width === 2 && tall === 2 ? 4 : tall;
}

/** Copies the part of a tile that lies inside C: `columns` elements of each row. */
function copyTile<T>(from: usize, to: usize, toRow: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, from += 64, to += toRow) {
    let left = columns;
    let at: usize = 0;
    for (; left >= lanes<T>(); left -= lanes<T>(), at += 16) v128.store(to + at, v128.load(from + at));
    if (left > 0) storeFirst<T>(to + at, v128.load(from + at), left);
  }
}

/** to = residual + bias in a tile. The tile's sums start from these values. */
function startTile<T>(residual: usize, row: usize, bias: usize, to: usize, height: i32, width: i32): void {
  for (; height > 0; height--, residual += row, to += 64) {
    for (let j: usize = 0; j < <usize>width * 16; j += 16) {
      v128.store(to + j, v128.add<T>(v128.load(residual + j), v128.load(bias + j)));
    }
  }
}

/** Computes a panel of C: all rows of a block of A times `columns` columns of B. */
function panel<T>(
  inPlace: bool,
  tall: i32,
  width: i32,
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  rows: i32,
  columns: i32,
  k: i32,
  from: usize,
  fromRow: usize,
  residual: usize,
  c: usize,
  cRow: usize,
  scratch: usize,
): void {
  const tile = scratch + TILE;
  const begin = scratch + START;
  const whole = columns === width * lanes<T>();
  while (rows > 0) {
    const height = tileHeight(rows, tall);
    const to = whole ? c : tile;
    const toRow = whole ? cRow : 64;
    if (residual !== 0) {
      startTile<T>(residual, cRow, from, begin, height, width);
      residual += <usize>height * cRow;
    }
    const start = residual === 0 ? from : begin;
    const startRow: usize = residual === 0 ? fromRow : 64;
    if (inPlace) placeTile<T>(height, width, a, aRow, b, bRow, k, start, startRow, to, toRow);
    else rowsTile<T>(height, width, a, aRow, b, k, start, startRow, to, toRow);
    if (!whole) copyTile<T>(tile, c, cRow, height, columns);
    a += <usize>height * aRow;
    from += <usize>height * fromRow;
    c += <usize>height * cRow;
    rows -= height;
  }
}

/** Computes one product. */
function product<T>(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  aRow: usize,
  bRow: usize,
  cRow: usize,
  bias: usize,
  residual: usize,
  scratch: usize,
  tall: i32,
  wide: i32,
): void {
  const size: usize = sizeof<T>();
  const right = scratch + RIGHT;
  const left = scratch + LEFT;
  // Packing a row of B costs about as much as four rows of A.
  const inPlace = form === 0 && m <= 48;
  const span = SPAN / <i32>size;
  // Blocks of k of about equal depth.
  const blocks = (k + DEPTH / <i32>size - 1) / (DEPTH / <i32>size);
  const most = (k + blocks - 1) / blocks;
  for (let p = 0; p < k; p += most) {
    const depth = min(most, k - p);
    const aHere = a + (form === TN ? <usize>p * aRow : <usize>p * size);
    const bHere = b + (form === NT ? <usize>p * size : <usize>p * bRow);
    // A little more than a row: rows whose size is a power of two would compete for the same lines of the cache.
    const leftRow = (<usize>depth * size + 79) & ~15;
    const continues = p > 0;
    // A residual may be C itself.
    const apart = continues || residual !== 0;
    for (let j = 0; j < n; j += span) {
      const columns = min(span, n - j);
      const bBlock = bHere + <usize>j * (form === NT ? bRow : size);
      if (!inPlace) packRight<T>(form, bBlock, bRow, depth, columns, right, wide, apart);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i);
        let aBlock = aHere + <usize>i * (form === TN ? size : aRow);
        let aBlockRow = aRow;
        if (form === TN) {
          transpose<T>(aBlock, aRow, left, leftRow, depth, rows);
          aBlock = left;
          aBlockRow = leftRow;
        }
        let from = scratch;
        let fromRow: usize = 0;
        let fromColumn: usize = 0;
        let to = c + <usize>i * cRow + <usize>j * size;
        if (continues) {
          from = to;
          fromRow = cRow;
          fromColumn = size;
        } else if (bias !== 0) {
          from = bias + <usize>j * size;
          fromColumn = size;
        }
        let added = residual !== 0 && !continues ? residual + (to - c) : 0;
        let at = inPlace ? bBlock : right;
        let open = columns;
        while (open > 0) {
          const width = panelWidth((open + lanes<T>() - 1) / lanes<T>(), wide);
          const shared = sharedColumns(columns, open, width * lanes<T>(), apart);
          open += shared;
          if (inPlace) at -= <usize>shared * size;
          from -= <usize>shared * fromColumn;
          to -= <usize>shared * size;
          const taken = min(open, width * lanes<T>());
          panel<T>(
            inPlace,
            panelHeight(width, tall),
            width,
            aBlock,
            aBlockRow,
            at,
            bRow,
            rows,
            taken,
            depth,
            from,
            fromRow,
            added,
            to,
            cRow,
            scratch,
          );
          at += inPlace ? <usize>taken * size : <usize>(depth * width * 16);
          from += <usize>taken * fromColumn;
          to += <usize>taken * size;
          if (added !== 0) added += <usize>taken * size;
          open -= taken;
        }
      }
    }
  }
}

/**
 * Computes `batch` products of m×k by k×n, which lie one after the other in memory. Rows of A, B and C are aColumns, bColumns
 * and cColumns elements apart, so that a part of the rows or columns of C can be computed by itself (then batch is 1). Sums
 * start from residual + bias; 0 means that there is none. A residual has C's shape, may be C itself and comes with a bias.
 */
export function matmul<T>(
  form: i32,
  a: usize,
  b: usize,
  c: usize,
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  aColumns: i32,
  bColumns: i32,
  cColumns: i32,
  bias: usize,
  residual: usize,
  scratch: usize,
  tall: i32,
  wide: i32,
): void {
  const size: usize = sizeof<T>();
  const cBytes = <usize>m * <usize>n * size;
  const aRow = <usize>aColumns * size;
  const bRow = <usize>bColumns * size;
  const cRow = <usize>cColumns * size;
  if (k === 0) {
    for (let i = 0; i < batch * m; i++, c += cRow) {
      if (residual !== 0) {
        for (let j: usize = 0; j < <usize>n * size; j += size) {
          store<T>(c + j, load<T>(residual + j) + load<T>(bias + j));
        }
        residual += cRow;
      } else if (bias !== 0) memory.copy(c, bias, <usize>n * size);
      else memory.fill(c, 0, <usize>n * size);
    }
    return;
  }
  const aBytes = <usize>m * <usize>k * size;
  const bBytes = <usize>k * <usize>n * size;
  memory.fill(scratch, 0, TILE);
  for (let s = 0; s < batch; s++, a += aBytes, b += bBytes, c += cBytes) {
    product<T>(form, a, b, c, m, n, k, aRow, bRow, cRow, bias, residual, scratch, tall, wide);
  }
}
