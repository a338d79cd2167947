// Copies of short and long runs.

/** Copies `bytes` (a multiple of 4) from `from` to `to`; the runs do not overlap. */
export function copyRun(from: usize, to: usize, bytes: usize): void {
  if (bytes >= 1024) {
    memory.copy(to, from, bytes);
    return;
  }
  for (; bytes >= 16; bytes -= 16, from += 16, to += 16) v128.store(to, v128.load(from));
  if (bytes >= 8) {
    store<u64>(to, load<u64>(from));
    from += 8;
    to += 8;
    bytes -= 8;
  }
  if (bytes >= 4) store<u32>(to, load<u32>(from));
}

/** Writes `count` copies of the element (u32 or u64) at `from` to `to`. */
export function repeatElement<T>(from: usize, to: usize, count: i32): void {
  const element = load<T>(from);
  const vector = v128.splat<T>(element);
  const lanes = 16 / <i32>sizeof<T>();
  for (; count >= lanes; count -= lanes, to += 16) v128.store(to, vector);
  for (; count > 0; count--, to += sizeof<T>()) store<T>(to, element);
}
