// A constant above the diagonal of square matrices. Elements of 4 or 8 bytes.
import { copyRun } from './copy';

/** out = x, with `value` above the diagonal of every plane. */
export function maskAbove<T>(x: usize, out: usize, planes: i32, side: i32, value: T): void {
  const size: usize = sizeof<T>();
  const row = <usize>side * size;
  for (let p = 0; p < planes; p++) {
    for (let r = 0; r < side; r++, x += row, out += row) {
      copyRun(x, out, <usize>(r + 1) * size);
      for (let to = out + <usize>(r + 1) * size; to < out + row; to += size) store<T>(to, value);
    }
  }
}
