// Plain arithmetic on arrays of float64 numbers.

/** Computes the inner product ⟨a, b⟩ of two arrays [n]. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Computes the Euclidean norm ‖v‖₂ of an array [n], safe against overflow. */
export function norm2(values: Float64Array): number {
  const scale = largest(values);
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let sum = 0;
  for (const x of values) sum += (x / scale) ** 2;
  return scale * Math.sqrt(sum);
}

/** Finds max |x| over an array [n]; it is 0 if the array is empty. */
export function largest(values: Float64Array): number {
  let size = 0;
  for (const x of values) size = Math.max(size, Math.abs(x));
  return size;
}

/** Computes max − min of an array [n]; it is 0 if the array is empty. */
export function spread(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of values) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  return values.length > 0 ? high - low : 0;
}

/** Computes e^x element by element: [n] → [n]. */
export function expOf(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(values[i]!);
  return out;
}
