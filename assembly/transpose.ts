// Transposition of a block, in square pieces of one vector's width.

function transposeSquare32(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromRow);
  const c = v128.load(from + 2 * fromRow);
  const d = v128.load(from + 3 * fromRow);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to + toRow, v128.shuffle<i64>(ab, cd, 1, 3));
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to + 2 * toRow, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * toRow, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

function transposeSquare64(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromRow);
  v128.store(to, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(to + toRow, v128.shuffle<i64>(a, b, 1, 3));
}

/** to[c, r] = from[r, c] for r < rows, c < columns. Rows of `from` and `to` are fromRow and toRow bytes apart. */
export function transpose<T>(
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
  rows: i32,
  columns: i32,
): void {
  const size: usize = sizeof<T>();
  const side = 16 / <i32>sizeof<T>();
  const wholeRows = rows - (rows % side);
  const wholeColumns = columns - (columns % side);
  for (let r = 0; r < wholeRows; r += side) {
    const source = from + <usize>r * fromRow;
    const target = to + <usize>r * size;
    for (let c = 0; c < wholeColumns; c += side) {
      const at = source + <usize>c * size;
      if (sizeof<T>() === 4) transposeSquare32(at, fromRow, target + <usize>c * toRow, toRow);
      else transposeSquare64(at, fromRow, target + <usize>c * toRow, toRow);
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = r < wholeRows ? wholeColumns : 0; c < columns; c++) {
      store<T>(to + <usize>c * toRow + <usize>r * size, load<T>(from + <usize>r * fromRow + <usize>c * size));
    }
  }
}
