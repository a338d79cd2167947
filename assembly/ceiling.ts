// The best the machine can do, for the benchmarks: multiply-adds of this build that never leave the registers.
// Each accumulator runs a ← a·x + y with |x| < 1, so values stay finite and normal. 8, 10 and 12 chains hide the latency
// of the two operations to different degrees. Which is fastest depends on the engine's register allocation.
import { multiplyAdd } from './multiplyAdd';

function combine(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Runs `steps` turns of 8 chains with four lanes each. */
export function multiplyAdd8(steps: i32, factor: f32, addend: f32): f32 {
  const x = f32x4.splat(factor);
  const y = f32x4.splat(addend);
  let a = y;
  let b = x;
  let c = y;
  let d = x;
  let e = y;
  let f = x;
  let g = y;
  let h = x;
  for (let i = 0; i < steps; i++) {
    a = multiplyAdd<f32>(a, x, y);
    b = multiplyAdd<f32>(b, x, y);
    c = multiplyAdd<f32>(c, x, y);
    d = multiplyAdd<f32>(d, x, y);
    e = multiplyAdd<f32>(e, x, y);
    f = multiplyAdd<f32>(f, x, y);
    g = multiplyAdd<f32>(g, x, y);
    h = multiplyAdd<f32>(h, x, y);
  }
  return f32x4.extract_lane(combine(combine(a, b, c, d), e, combine(f, g, h, a), a), 0);
}

/** Runs `steps` turns of 10 chains with four lanes each. */
export function multiplyAdd10(steps: i32, factor: f32, addend: f32): f32 {
  const x = f32x4.splat(factor);
  const y = f32x4.splat(addend);
  let a = y;
  let b = x;
  let c = y;
  let d = x;
  let e = y;
  let f = x;
  let g = y;
  let h = x;
  let j = y;
  let l = x;
  for (let i = 0; i < steps; i++) {
    a = multiplyAdd<f32>(a, x, y);
    b = multiplyAdd<f32>(b, x, y);
    c = multiplyAdd<f32>(c, x, y);
    d = multiplyAdd<f32>(d, x, y);
    e = multiplyAdd<f32>(e, x, y);
    f = multiplyAdd<f32>(f, x, y);
    g = multiplyAdd<f32>(g, x, y);
    h = multiplyAdd<f32>(h, x, y);
    j = multiplyAdd<f32>(j, x, y);
    l = multiplyAdd<f32>(l, x, y);
  }
  return f32x4.extract_lane(combine(combine(a, b, c, d), e, combine(f, g, h, j), l), 0);
}

/** Runs `steps` turns of 12 chains with four lanes each. */
export function multiplyAdd12(steps: i32, factor: f32, addend: f32): f32 {
  const x = f32x4.splat(factor);
  const y = f32x4.splat(addend);
  let a = y;
  let b = x;
  let c = y;
  let d = x;
  let e = y;
  let f = x;
  let g = y;
  let h = x;
  let j = y;
  let l = x;
  let q = y;
  let r = x;
  for (let i = 0; i < steps; i++) {
    a = multiplyAdd<f32>(a, x, y);
    b = multiplyAdd<f32>(b, x, y);
    c = multiplyAdd<f32>(c, x, y);
    d = multiplyAdd<f32>(d, x, y);
    e = multiplyAdd<f32>(e, x, y);
    f = multiplyAdd<f32>(f, x, y);
    g = multiplyAdd<f32>(g, x, y);
    h = multiplyAdd<f32>(h, x, y);
    j = multiplyAdd<f32>(j, x, y);
    l = multiplyAdd<f32>(l, x, y);
    q = multiplyAdd<f32>(q, x, y);
    r = multiplyAdd<f32>(r, x, y);
  }
  return f32x4.extract_lane(combine(combine(a, b, c, d), combine(e, f, g, h), combine(j, l, q, r), a), 0);
}
