// x·y + z per lane. This is the one place where the two builds differ. The relaxed build rounds once where the processor has a
// fused multiply-add (every such processor we know then fuses everywhere). The plain build rounds the product and the sum. The
// kernels' error bounds are stated for two roundings and also hold for one.

/** x·y + z per lane of T. */
export function multiplyAdd<T>(x: v128, y: v128, z: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(x, y, z);
  return v128.add<T>(v128.mul<T>(x, y), z);
}

/** Whether this is the relaxed build. */
export function isRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
