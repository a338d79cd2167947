// The micro-kernels: a tile of C stays in eight registers while k runs. Wide: 2 rows × 4 vectors (2×16 for f32, 2×8 for
// f64), the fastest shape on the engines we measured, as it has the fewest addresses to advance; narrow: 4 rows × 2
// vectors, for the columns that are left over. Every element of C gets its terms one after the other in ascending k,
// whichever tile computes it, so its bits do not depend on where it lies. One step of k per turn: engines regroup the
// sums of an unrolled loop and run out of registers.
//
// a0 … hold consecutive k of their rows of A; b is a packed panel, the rows of c are cRow bytes apart, and `continues`
// says whether c holds earlier terms.

/** C [2 rows, 4 vectors] = or += A·B; b has 64 bytes a step of k. */
export function wideTile<T>(
  a0: usize,
  a1: usize,
  b: usize,
  k: i32,
  c: usize,
  cRow: usize,
  continues: bool,
): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  const c1 = c + cRow;
  if (continues) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c02 = v128.load(c, 32);
    c03 = v128.load(c, 48);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c12 = v128.load(c1, 32);
    c13 = v128.load(c1, 48);
  }
  const end = b + ((<usize>k) << 6);
  while (b < end) {
    const x0 = v128.load_splat<T>(a0);
    const x1 = v128.load_splat<T>(a1);
    const b0 = v128.load(b);
    c00 = v128.add<T>(c00, v128.mul<T>(x0, b0));
    c10 = v128.add<T>(c10, v128.mul<T>(x1, b0));
    const b1 = v128.load(b, 16);
    c01 = v128.add<T>(c01, v128.mul<T>(x0, b1));
    c11 = v128.add<T>(c11, v128.mul<T>(x1, b1));
    const b2 = v128.load(b, 32);
    c02 = v128.add<T>(c02, v128.mul<T>(x0, b2));
    c12 = v128.add<T>(c12, v128.mul<T>(x1, b2));
    const b3 = v128.load(b, 48);
    c03 = v128.add<T>(c03, v128.mul<T>(x0, b3));
    c13 = v128.add<T>(c13, v128.mul<T>(x1, b3));
    a0 += sizeof<T>();
    a1 += sizeof<T>();
    b += 64;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c1, c12, 32);
  v128.store(c1, c13, 48);
}

/** C [4 rows, 2 vectors] = or += A·B; b has 32 bytes a step of k. */
export function narrowTile<T>(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  k: i32,
  c: usize,
  cRow: usize,
  continues: bool,
): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  if (continues) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  const end = b + ((<usize>k) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load_splat<T>(a0);
    c00 = v128.add<T>(c00, v128.mul<T>(x0, b0));
    c01 = v128.add<T>(c01, v128.mul<T>(x0, b1));
    const x1 = v128.load_splat<T>(a1);
    c10 = v128.add<T>(c10, v128.mul<T>(x1, b0));
    c11 = v128.add<T>(c11, v128.mul<T>(x1, b1));
    const x2 = v128.load_splat<T>(a2);
    c20 = v128.add<T>(c20, v128.mul<T>(x2, b0));
    c21 = v128.add<T>(c21, v128.mul<T>(x2, b1));
    const x3 = v128.load_splat<T>(a3);
    c30 = v128.add<T>(c30, v128.mul<T>(x3, b0));
    c31 = v128.add<T>(c31, v128.mul<T>(x3, b1));
    a0 += sizeof<T>();
    a1 += sizeof<T>();
    a2 += sizeof<T>();
    a3 += sizeof<T>();
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
}
