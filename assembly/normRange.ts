// Mean and scale of one row of a norm whose sums leave the range of the type: the sum overflows, or the squares overflow or underflow.
// The row is multiplied by a power of two 2^k that brings the larger of max|x| and √ε to 1 … 2; this changes no digit. With
// r' = 1/√(mean (2^k·x − 2^k·μ)² + (2^k·√ε)²), r = 2^k·r'. Rows with an infinity or a NaN keep what the plain sums gave.

/** The largest |x| of a row; NaNs are passed over. */
function largest<T>(x: usize, columns: i32): T {
  let most: T = <T>0;
  for (let c = 0; c < columns; c++) {
    const size = abs<T>(load<T>(x + <usize>c * sizeof<T>()));
    if (size > most) most = size;
  }
  return most;
}

/** 2^−e for 2^e ≤ size < 2^(e+1), within the normal numbers. */
function inverseSize<T>(size: T): T {
  if (sizeof<T>() === 8) {
    const field = 2046 - <i32>(reinterpret<u64>(<f64>size) >> 52);
    return <T>reinterpret<f64>((<u64>max<i32>(field, 1)) << 52);
  }
  const field = 254 - <i32>(reinterpret<u32>(<f32>size) >> 23);
  return <T>reinterpret<f32>((<u32>max<i32>(field, 1)) << 23);
}

/** μ of a row whose sum overflows; `plain` if the row holds an infinity. */
export function rescuedMean<T>(x: usize, columns: i32, plain: T): T {
  const most = largest<T>(x, columns);
  if (most === <T>Infinity) return plain;
  const power = inverseSize<T>(most);
  let sum: T = <T>0;
  for (let c = 0; c < columns; c++) sum += load<T>(x + <usize>c * sizeof<T>()) * power;
  return sum / <T>columns / power;
}

/** r of a row whose squares overflow or underflow, given its μ; `plain` if the row holds an infinity. */
export function rescuedScale<T>(x: usize, columns: i32, mean: T, epsilon: f64, plain: T): T {
  const most = largest<T>(x, columns);
  if (most === <T>Infinity) return plain;
  const root = <T>sqrt<f64>(epsilon);
  const power = inverseSize<T>(max<T>(most, root));
  let squares: T = <T>0;
  for (let c = 0; c < columns; c++) {
    const d = load<T>(x + <usize>c * sizeof<T>()) * power - mean * power;
    squares += d * d;
  }
  const floor = root * power;
  return power / sqrt<T>(squares / <T>columns + floor * floor);
}
