// A step of AdamW in one pass over the parameters, which also scales the gradients. Every operation rounds as the element-wise
// kernels do and comes in the same order. None is fused, so in both builds the result equals their composition to the bit:
//   g = s·gradient,  m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g·g,  u = −η·((m·c₁)/(√(v·c₂) + ε) + λ·p).

/** Bytes of a row of the table: eight addresses or sizes and λ, all f64. */
const ROW: usize = 72;

/** Updates all runs of the table. `scale` is the address of s; 0 means s = 1. Sizes are padded to whole vectors. */
export function adamw<T>(
  table: usize,
  count: i32,
  scale: usize,
  beta1: f64,
  beta2: f64,
  rest1: f64,
  rest2: f64,
  correction1: f64,
  correction2: f64,
  epsilon: f64,
  minusRate: f64,
): void {
  const factor = v128.splat<T>(scale === 0 ? <T>1 : load<T>(scale));
  const keep = v128.splat<T>(<T>beta1);
  const keepSquare = v128.splat<T>(<T>beta2);
  const take = v128.splat<T>(<T>rest1);
  const takeSquare = v128.splat<T>(<T>rest2);
  const c1 = v128.splat<T>(<T>correction1);
  const c2 = v128.splat<T>(<T>correction2);
  const least = v128.splat<T>(<T>epsilon);
  const rate = v128.splat<T>(<T>minusRate);
  for (; count > 0; count--, table += ROW) {
    const gradient = <usize>load<f64>(table);
    const mean = <usize>load<f64>(table, 8);
    const square = <usize>load<f64>(table, 16);
    const parameter = <usize>load<f64>(table, 24);
    const update = <usize>load<f64>(table, 32);
    const meanOut = <usize>load<f64>(table, 40);
    const squareOut = <usize>load<f64>(table, 48);
    const bytes = <usize>load<f64>(table, 56);
    const decay = load<f64>(table, 64);
    const lambda = v128.splat<T>(<T>decay);
    for (let at: usize = 0; at < bytes; at += 16) {
      const g = v128.mul<T>(v128.load(gradient + at), factor);
      const m = v128.add<T>(v128.mul<T>(v128.load(mean + at), keep), v128.mul<T>(g, take));
      const squared = v128.mul<T>(v128.mul<T>(g, g), takeSquare);
      const v = v128.add<T>(v128.mul<T>(v128.load(square + at), keepSquare), squared);
      v128.store(meanOut + at, m);
      v128.store(squareOut + at, v);
      const root = v128.sqrt<T>(v128.mul<T>(v, c2));
      let u = v128.div<T>(v128.mul<T>(m, c1), v128.add<T>(root, least));
      // Without decay we do not compute 0·p, because an infinite parameter would make it NaN.
      if (decay > 0) u = v128.add<T>(u, v128.mul<T>(v128.load(parameter + at), lambda));
      v128.store(update + at, v128.mul<T>(u, rate));
    }
  }
}
