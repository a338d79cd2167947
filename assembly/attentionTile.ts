// The small products of attention: a tile of 4 rows × 2 vectors that stays in registers while the inner index runs. Rows of B
// are read in place, `bRow` bytes apart. Elements behind a row's end take part in the computation, but are not stored.
//
// There are three shapes. In `fullTile` every row has all terms. In `lowerTile` row r has the terms 0 … first + r (a query looks
// at keys up to its own place). In `upperTile` row r has the terms r … count − 1 (queries look at a key from its own place on).
// Terms are added in ascending order. Terms behind the mask are left out rather than multiplied by zero, so a NaN there has
// no effect.
import { lanes, storeFirst } from './lanes';
import { multiplyAdd } from './multiplyAdd';

/** Stores the first `columns` lanes of two vectors. */
function storeTwo<T>(to: usize, first: v128, second: v128, columns: i32): void {
  if (columns >= 2 * lanes<T>()) {
    v128.store(to, first);
    v128.store(to, second, 16);
  } else if (columns > lanes<T>()) {
    v128.store(to, first);
    storeFirst<T>(to + 16, second, columns - lanes<T>());
  } else if (columns === lanes<T>()) {
    v128.store(to, first);
  } else {
    storeFirst<T>(to, first, columns);
  }
}

/**
 * C[r, :] = scale·Σ_p A[r, p]·B[p, :] for rows ≤ 4 rows of A, `aRow` bytes apart. The last row is repeated to make 4. All 4 are
 * stored as whole vectors.
 */
export function fullTile<T>(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  count: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  scale: v128,
): void {
  let a0 = a;
  let a1 = rows > 1 ? a0 + aRow : a0;
  let a2 = rows > 2 ? a1 + aRow : a1;
  let a3 = rows > 3 ? a2 + aRow : a2;
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
  for (let p = 0; p < count; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load_splat<T>(a0);
    c00 = multiplyAdd<T>(x0, b0, c00);
    c01 = multiplyAdd<T>(x0, b1, c01);
    const x1 = v128.load_splat<T>(a1);
    c10 = multiplyAdd<T>(x1, b0, c10);
    c11 = multiplyAdd<T>(x1, b1, c11);
    const x2 = v128.load_splat<T>(a2);
    c20 = multiplyAdd<T>(x2, b0, c20);
    c21 = multiplyAdd<T>(x2, b1, c21);
    const x3 = v128.load_splat<T>(a3);
    c30 = multiplyAdd<T>(x3, b0, c30);
    c31 = multiplyAdd<T>(x3, b1, c31);
    a0 += sizeof<T>();
    a1 += sizeof<T>();
    a2 += sizeof<T>();
    a3 += sizeof<T>();
    b += bRow;
  }
  v128.store(c, v128.mul<T>(scale, c00));
  v128.store(c, v128.mul<T>(scale, c01), 16);
  v128.store(c1, v128.mul<T>(scale, c10));
  v128.store(c1, v128.mul<T>(scale, c11), 16);
  v128.store(c2, v128.mul<T>(scale, c20));
  v128.store(c2, v128.mul<T>(scale, c21), 16);
  v128.store(c3, v128.mul<T>(scale, c30));
  v128.store(c3, v128.mul<T>(scale, c31), 16);
}

/**
 * C[r, :] = scale·Σ_{p ≤ first + r} A[r, p]·B[p, :] for r < rows ≤ 4. The first `columns` elements of the 2 vectors are stored.
 * Rows of A are `aRow` bytes apart.
 */
export function lowerTile<T>(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  first: i32,
  scale: v128,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
): void {
  // A missing row repeats the one above; its sums are not stored.
  let a0 = a;
  let a1 = rows > 1 ? a0 + aRow : a0;
  let a2 = rows > 2 ? a1 + aRow : a1;
  let a3 = rows > 3 ? a2 + aRow : a2;
  const zero = v128.splat<T>(<T>0);
  let c00 = zero;
  let c01 = zero;
  let c10 = zero;
  let c11 = zero;
  let c20 = zero;
  let c21 = zero;
  let c30 = zero;
  let c31 = zero;
  for (let p = 0; p <= first; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load_splat<T>(a0);
    c00 = multiplyAdd<T>(x0, b0, c00);
    c01 = multiplyAdd<T>(x0, b1, c01);
    const x1 = v128.load_splat<T>(a1);
    c10 = multiplyAdd<T>(x1, b0, c10);
    c11 = multiplyAdd<T>(x1, b1, c11);
    const x2 = v128.load_splat<T>(a2);
    c20 = multiplyAdd<T>(x2, b0, c20);
    c21 = multiplyAdd<T>(x2, b1, c21);
    const x3 = v128.load_splat<T>(a3);
    c30 = multiplyAdd<T>(x3, b0, c30);
    c31 = multiplyAdd<T>(x3, b1, c31);
    a0 += sizeof<T>();
    a1 += sizeof<T>();
    a2 += sizeof<T>();
    a3 += sizeof<T>();
    b += bRow;
  }
  if (rows > 1) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x1 = v128.load_splat<T>(a1);
    c10 = multiplyAdd<T>(x1, b0, c10);
    c11 = multiplyAdd<T>(x1, b1, c11);
    const x2 = v128.load_splat<T>(a2);
    c20 = multiplyAdd<T>(x2, b0, c20);
    c21 = multiplyAdd<T>(x2, b1, c21);
    const x3 = v128.load_splat<T>(a3);
    c30 = multiplyAdd<T>(x3, b0, c30);
    c31 = multiplyAdd<T>(x3, b1, c31);
    b += bRow;
  }
  if (rows > 2) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x2 = v128.load_splat<T>(a2 + sizeof<T>());
    c20 = multiplyAdd<T>(x2, b0, c20);
    c21 = multiplyAdd<T>(x2, b1, c21);
    const x3 = v128.load_splat<T>(a3 + sizeof<T>());
    c30 = multiplyAdd<T>(x3, b0, c30);
    c31 = multiplyAdd<T>(x3, b1, c31);
    b += bRow;
  }
  if (rows > 3) {
    const x3 = v128.load_splat<T>(a3 + 2 * sizeof<T>());
    c30 = multiplyAdd<T>(x3, v128.load(b), c30);
    c31 = multiplyAdd<T>(x3, v128.load(b, 16), c31);
  }
  for (let r = 0; r < rows; r++) {
    storeTwo<T>(c, v128.mul<T>(scale, c00), v128.mul<T>(scale, c01), columns);
    c00 = c10;
    c01 = c11;
    c10 = c20;
    c11 = c21;
    c20 = c30;
    c21 = c31;
    c += cRow;
  }
}

/**
 * C[r, :] = scale·Σ_{r ≤ p < count} A[p, r]·B[p, :] for r < rows ≤ 4. A is read by columns; its rows are `aRow` bytes apart and
 * have 4 elements. The first `columns` elements of the 2 vectors are stored.
 */
export function upperTile<T>(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  count: i32,
  scale: v128,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
): void {
  const size: usize = sizeof<T>();
  // Term 0 belongs to row 0, term 1 to rows 0 and 1, term 2 to all but row 3.
  let b0 = v128.load(b);
  let b1 = v128.load(b, 16);
  const zero = v128.splat<T>(<T>0);
  let x = v128.load_splat<T>(a);
  let c00 = multiplyAdd<T>(x, b0, zero);
  let c01 = multiplyAdd<T>(x, b1, zero);
  let c10 = zero;
  let c11 = zero;
  let c20 = zero;
  let c21 = zero;
  let c30 = zero;
  let c31 = zero;
  if (rows > 1) {
    a += aRow;
    b += bRow;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(x, b0, c00);
    c01 = multiplyAdd<T>(x, b1, c01);
    x = v128.load_splat<T>(a + size);
    c10 = multiplyAdd<T>(x, b0, c10);
    c11 = multiplyAdd<T>(x, b1, c11);
  }
  if (rows > 2) {
    a += aRow;
    b += bRow;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(x, b0, c00);
    c01 = multiplyAdd<T>(x, b1, c01);
    x = v128.load_splat<T>(a + size);
    c10 = multiplyAdd<T>(x, b0, c10);
    c11 = multiplyAdd<T>(x, b1, c11);
    x = v128.load_splat<T>(a + 2 * size);
    c20 = multiplyAdd<T>(x, b0, c20);
    c21 = multiplyAdd<T>(x, b1, c21);
  }
  for (let p = 3; p < count; p++) {
    a += aRow;
    b += bRow;
    const y0 = v128.load(b);
    const y1 = v128.load(b, 16);
    const x0 = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(x0, y0, c00);
    c01 = multiplyAdd<T>(x0, y1, c01);
    const x1 = v128.load_splat<T>(a + size);
    c10 = multiplyAdd<T>(x1, y0, c10);
    c11 = multiplyAdd<T>(x1, y1, c11);
    const x2 = v128.load_splat<T>(a + 2 * size);
    c20 = multiplyAdd<T>(x2, y0, c20);
    c21 = multiplyAdd<T>(x2, y1, c21);
    const x3 = v128.load_splat<T>(a + 3 * size);
    c30 = multiplyAdd<T>(x3, y0, c30);
    c31 = multiplyAdd<T>(x3, y1, c31);
  }
  for (let r = 0; r < rows; r++) {
    storeTwo<T>(c, v128.mul<T>(scale, c00), v128.mul<T>(scale, c01), columns);
    c00 = c10;
    c01 = c11;
    c10 = c20;
    c11 = c21;
    c20 = c30;
    c21 = c31;
    c += cRow;
  }
}
