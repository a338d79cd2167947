// A step of AdamW in one pass over a parameter. Every operation rounds as the element-wise kernels do, in their order, and none
// is fused, so that the bits are those of the composition in both builds:
//   m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g·g,  u = −η·((m/c₁)/(√(v/c₂) + ε) + λ·p).
// Whole vectors: `bytes` is the padded size.

function adamw<T>(
  gradient: usize,
  mean: usize,
  square: usize,
  parameter: usize,
  update: usize,
  meanOut: usize,
  squareOut: usize,
  bytes: usize,
  beta1: f64,
  beta2: f64,
  rest1: f64,
  rest2: f64,
  correction1: f64,
  correction2: f64,
  epsilon: f64,
  decay: f64,
  minusRate: f64,
): void {
  const keep = v128.splat<T>(<T>beta1);
  const keepSquare = v128.splat<T>(<T>beta2);
  const take = v128.splat<T>(<T>rest1);
  const takeSquare = v128.splat<T>(<T>rest2);
  const c1 = v128.splat<T>(<T>correction1);
  const c2 = v128.splat<T>(<T>correction2);
  const least = v128.splat<T>(<T>epsilon);
  const lambda = v128.splat<T>(<T>decay);
  const rate = v128.splat<T>(<T>minusRate);
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(gradient + at);
    const m = v128.add<T>(v128.mul<T>(v128.load(mean + at), keep), v128.mul<T>(g, take));
    const squared = v128.mul<T>(v128.mul<T>(g, g), takeSquare);
    const v = v128.add<T>(v128.mul<T>(v128.load(square + at), keepSquare), squared);
    v128.store(meanOut + at, m);
    v128.store(squareOut + at, v);
    const root = v128.sqrt<T>(v128.div<T>(v, c2));
    let u = v128.div<T>(v128.div<T>(m, c1), v128.add<T>(root, least));
    // Not 0·p: an infinite parameter without decay would make NaN.
    if (decay > 0) u = v128.add<T>(u, v128.mul<T>(v128.load(parameter + at), lambda));
    v128.store(update + at, v128.mul<T>(u, rate));
  }
}

export function adamwF32(
  gradient: usize,
  mean: usize,
  square: usize,
  parameter: usize,
  update: usize,
  meanOut: usize,
  squareOut: usize,
  bytes: usize,
  beta1: f64,
  beta2: f64,
  rest1: f64,
  rest2: f64,
  correction1: f64,
  correction2: f64,
  epsilon: f64,
  decay: f64,
  minusRate: f64,
): void {
  adamw<f32>(
    gradient,
    mean,
    square,
    parameter,
    update,
    meanOut,
    squareOut,
    bytes,
    beta1,
    beta2,
    rest1,
    rest2,
    correction1,
    correction2,
    epsilon,
    decay,
    minusRate,
  );
}

export function adamwF64(
  gradient: usize,
  mean: usize,
  square: usize,
  parameter: usize,
  update: usize,
  meanOut: usize,
  squareOut: usize,
  bytes: usize,
  beta1: f64,
  beta2: f64,
  rest1: f64,
  rest2: f64,
  correction1: f64,
  correction2: f64,
  epsilon: f64,
  decay: f64,
  minusRate: f64,
): void {
  adamw<f64>(
    gradient,
    mean,
    square,
    parameter,
    update,
    meanOut,
    squareOut,
    bytes,
    beta1,
    beta2,
    rest1,
    rest2,
    correction1,
    correction2,
    epsilon,
    decay,
    minusRate,
  );
}
