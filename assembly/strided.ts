// Strided reads and writes of elements of 4 or 8 bytes. Elements of any type move as floats: loads and stores keep all bits.
//
// The host describes the view in `axes`. Every axis but the last two has three i32 numbers there: its extent, its stride in
// elements and a zero, which we use as a counter. The last two axes are plain arguments, because most calls have no others.
import { copyRun, repeatElement } from './copy';

/** Columns handled at a time when both axes jump, so that the same 16 cache lines are read again and again instead of all lines. */
const STRIP: i32 = 16;

function readPlane<T>(
  x: usize,
  out: usize,
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
): void {
  const size: usize = sizeof<T>();
  const row = <usize>rowStride * size;
  const column = <usize>columnStride * size;
  const outRow = <usize>columns * size;
  if (columnStride === 1) {
    for (let r = 0; r < rows; r++, x += row, out += outRow) copyRun(x, out, outRow);
    return;
  }
  if (columnStride === 0) {
    for (let r = 0; r < rows; r++, x += row, out += outRow) repeatElement<T>(x, out, columns);
    return;
  }
  for (let c = 0; c < columns; c += STRIP) {
    const width = min(STRIP, columns - c);
    for (let r: usize = 0; r < <usize>rows; r++) {
      let from = x + <usize>c * column + r * row;
      let to = out + <usize>c * size + r * outRow;
      for (let i = 0; i < width; i++, from += column, to += size) store<T>(to, load<T>(from));
    }
  }
}

function writePlane<T>(
  x: usize,
  out: usize,
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
): void {
  const size: usize = sizeof<T>();
  const row = <usize>rowStride * size;
  const column = <usize>columnStride * size;
  const xRow = <usize>columns * size;
  if (columnStride === 1) {
    for (let r = 0; r < rows; r++, x += xRow, out += row) copyRun(x, out, xRow);
    return;
  }
  for (let r = 0; r < rows; r++, x += xRow, out += row) {
    let from = x;
    let to = out;
    for (let c = 0; c < columns; c++, from += size, to += column) store<T>(to, load<T>(from));
  }
}

/** Moves `at` to the next index tuple of the outer axes. Returns the distance in elements. */
function advance(axes: usize, count: i32): i32 {
  let moved = 0;
  for (let d = count - 1; d >= 0; d--) {
    const axis = axes + <usize>d * 12;
    const extent = load<i32>(axis);
    const stride = load<i32>(axis, 4);
    const index = load<i32>(axis, 8) + 1;
    moved += stride;
    if (index < extent) {
      store<i32>(axis, index, 8);
      return moved;
    }
    moved -= extent * stride;
    store<i32>(axis, 0, 8);
  }
  return moved;
}

/** Reads a view of x into a dense out. */
export function readStrided<T>(
  x: usize,
  out: usize,
  planes: i32,
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
  axes: usize,
  axisCount: i32,
): void {
  const plane = <usize>rows * <usize>columns * sizeof<T>();
  for (let p = 0; p < planes; p++, out += plane) {
    readPlane<T>(x, out, rows, columns, rowStride, columnStride);
    x += <usize>advance(axes, axisCount) * sizeof<T>();
  }
}

/** Writes a dense x into a view of out. */
export function writeStrided<T>(
  x: usize,
  out: usize,
  planes: i32,
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
  axes: usize,
  axisCount: i32,
): void {
  const plane = <usize>rows * <usize>columns * sizeof<T>();
  for (let p = 0; p < planes; p++, x += plane) {
    writePlane<T>(x, out, rows, columns, rowStride, columnStride);
    out += <usize>advance(axes, axisCount) * sizeof<T>();
  }
}
