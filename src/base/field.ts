// Array fields: the arithmetic a flat index program runs on. Float64Array now; exact rationals or a finite field need
// only another object of this type.

/** Arrays over a semiring, with the index operations a program is made of. All results are new arrays. */
export interface ArraySemiring<A> {
  /** An array with these values. */
  from(values: ArrayLike<number>): A;
  /** n copies of the multiplicative identity. */
  ones(n: number): A;
  /** out[i] = a[index[i]]. */
  gather(a: A, index: Int32Array): A;
  /** out[i] = a[from + i], up to `to`. */
  slice(a: A, from: number, to: number): A;
  concat(parts: readonly A[]): A;
  add(a: A, b: A): A;
  mul(a: A, b: A): A;
  /** out[s] = Σ_{i: segment[i] = s} a[i], i ascending; the additive identity for an empty segment. */
  segmentSum(a: A, segment: Int32Array, segments: number): A;
}

/** A semiring with subtraction and division. */
export interface ArrayField<A> extends ArraySemiring<A> {
  sub(a: A, b: A): A;
  div(a: A, b: A): A;
}

function gather(a: Float64Array, index: Int32Array): Float64Array {
  const out = new Float64Array(index.length);
  for (let i = 0; i < index.length; i++) out[i] = a[index[i]!]!;
  return out;
}

function slice(a: Float64Array, from: number, to: number): Float64Array {
  return a.slice(from, to);
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Element-wise combination of two equally long arrays. */
function zip(f: (x: number, y: number) => number): (a: Float64Array, b: Float64Array) => Float64Array {
  return (a, b) => {
    const out = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) out[i] = f(a[i]!, b[i]!);
    return out;
  };
}

/** Double precision: (+, ·). */
export const float64Field: ArrayField<Float64Array> = {
  from: (values) => Float64Array.from(values),
  ones: (n) => new Float64Array(n).fill(1),
  gather,
  slice,
  concat,
  add: zip((x, y) => x + y),
  mul: zip((x, y) => x * y),
  sub: zip((x, y) => x - y),
  div: zip((x, y) => x / y),
  segmentSum: (a, segment, segments) => {
    const out = new Float64Array(segments);
    for (let i = 0; i < a.length; i++) out[segment[i]!]! += a[i]!;
    return out;
  },
};

/** Logarithms of non-negative numbers: (log-add-exp, +). Runs the same programs where the numbers would underflow. */
export const logSemiring: ArraySemiring<Float64Array> = {
  from: (values) => Float64Array.from(values),
  ones: (n) => new Float64Array(n),
  gather,
  slice,
  concat,
  add: zip((x, y) => {
    const top = Math.max(x, y);
    return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(x - y)));
  }),
  mul: zip((x, y) => x + y),
  segmentSum: (a, segment, segments) => {
    const top = new Float64Array(segments).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < a.length; i++) top[segment[i]!] = Math.max(top[segment[i]!]!, a[i]!);
    const sum = new Float64Array(segments);
    for (let i = 0; i < a.length; i++) {
      const s = segment[i]!;
      if (top[s]! > Number.NEGATIVE_INFINITY) sum[s]! += Math.exp(a[i]! - top[s]!);
    }
    for (let s = 0; s < segments; s++) {
      sum[s] = top[s] === Number.NEGATIVE_INFINITY ? top[s]! : top[s]! + Math.log(sum[s]!);
    }
    return sum;
  },
};
