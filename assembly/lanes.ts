// Lanes of a vector: their number, masks for the last partial vector of a run, partial stores, sums and maxima across lanes.

/** Elements of T in 16 bytes. */
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** All ones in lanes 0 … count−1, zeros above (0 < count < lanes). */
export function firstLanes<T>(count: i32): v128 {
  if (sizeof<T>() === 8) return i64x2(-1, 0);
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Loads `count` < lanes elements and fills the lanes above. Reads 16 bytes: the allocator keeps room behind every block. */
export function loadFirst<T>(from: usize, count: i32, filler: v128): v128 {
  return v128.bitselect(v128.load(from), filler, firstLanes<T>(count));
}

/** Stores lanes 0 … count−1 (0 < count < lanes). */
export function storeFirst<T>(to: usize, vector: v128, count: i32): void {
  if (sizeof<T>() === 8) {
    v128.store64_lane(to, vector, 0);
  } else if (count === 1) {
    v128.store32_lane(to, vector, 0);
  } else {
    v128.store64_lane(to, vector, 0);
    if (count === 3) v128.store32_lane(to, vector, 2, 8);
  }
}

/** Sum of the lanes: (0 + 1) + (2 + 3). */
export function sumLanes<T>(vector: v128): T {
  if (sizeof<T>() === 8) {
    return <T>(f64x2.extract_lane(vector, 0) + f64x2.extract_lane(vector, 1));
  }
  return <T>(
    (f32x4.extract_lane(vector, 0) +
      f32x4.extract_lane(vector, 1) +
      (f32x4.extract_lane(vector, 2) + f32x4.extract_lane(vector, 3)))
  );
}

/** The sums of the lanes of two vectors, as a pair that repeats across the lanes. Each is (0 + 1) + (2 + 3). */
export function pairSums<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 8) {
    return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
  }
  const halves = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7));
  return f32x4.add(halves, v128.shuffle<f32>(halves, halves, 2, 3, 0, 1));
}

/** The maxima of the lanes of two vectors, paired in the same way. NaNs may be overlooked. */
export function pairMaxima<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() === 8) {
    return f64x2.pmax(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
  }
  const halves = f32x4.pmax(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7));
  return f32x4.pmax(halves, v128.shuffle<f32>(halves, halves, 2, 3, 0, 1));
}

/** The first of a pair in all lanes. */
export function firstOfPair<T>(pair: v128): v128 {
  if (sizeof<T>() === 8) return v128.shuffle<f64>(pair, pair, 0, 0);
  return v128.shuffle<f32>(pair, pair, 0, 0, 0, 0);
}

/** The second of a pair in all lanes. */
export function secondOfPair<T>(pair: v128): v128 {
  if (sizeof<T>() === 8) return v128.shuffle<f64>(pair, pair, 1, 1);
  return v128.shuffle<f32>(pair, pair, 1, 1, 1, 1);
}

/** The first lane. */
export function firstLane<T>(vector: v128): T {
  if (sizeof<T>() === 8) return <T>f64x2.extract_lane(vector, 0);
  return <T>f32x4.extract_lane(vector, 0);
}

/** The second lane. */
export function secondLane<T>(vector: v128): T {
  if (sizeof<T>() === 8) return <T>f64x2.extract_lane(vector, 1);
  return <T>f32x4.extract_lane(vector, 1);
}

/** Maximum of the lanes. It is NaN if any lane is NaN. */
export function maxLanes<T>(vector: v128): T {
  if (sizeof<T>() === 8) {
    return <T>max<f64>(f64x2.extract_lane(vector, 0), f64x2.extract_lane(vector, 1));
  }
  return <T>(
    max<f32>(
      max<f32>(f32x4.extract_lane(vector, 0), f32x4.extract_lane(vector, 1)),
      max<f32>(f32x4.extract_lane(vector, 2), f32x4.extract_lane(vector, 3)),
    )
  );
}
