// Reads rows of a table by index, and adds to them. Both functions return the position of the first index outside [0, rows),
// or −1. The indices before it have been handled.
import { copyRun } from './copy';

function addRow<T>(from: usize, to: usize, bytes: usize): void {
  for (; bytes >= 16; bytes -= 16, from += 16, to += 16) {
    v128.store(to, v128.add<T>(v128.load(to), v128.load(from)));
  }
  for (; bytes > 0; bytes -= sizeof<T>(), from += sizeof<T>(), to += sizeof<T>()) {
    store<T>(to, <T>(load<T>(to) + load<T>(from)));
  }
}

/** out[i,:] = x[indices[i],:]. A row has `rowBytes` bytes; the element type does not matter. */
export function gatherRows(
  x: usize,
  indices: usize,
  out: usize,
  count: i32,
  rows: i32,
  rowBytes: usize,
): i32 {
  for (let i = 0; i < count; i++, indices += 4, out += rowBytes) {
    const index = load<u32>(indices);
    if (index >= <u32>rows) return i;
    copyRun(x + <usize>index * rowBytes, out, rowBytes);
  }
  return -1;
}

/** out[indices[i],:] += updates[i,:] in ascending order of i. */
export function scatterAdd<T>(
  updates: usize,
  indices: usize,
  out: usize,
  count: i32,
  rows: i32,
  rowBytes: usize,
): i32 {
  for (let i = 0; i < count; i++, indices += 4, updates += rowBytes) {
    const index = load<u32>(indices);
    if (index >= <u32>rows) return i;
    addRow<T>(updates, out + <usize>index * rowBytes, rowBytes);
  }
  return -1;
}
