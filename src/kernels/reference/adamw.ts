// A step of AdamW and the sum of squares as plain loops. Every operation of the step is rounded to the element type.
import type { AdamWOperands, AdamWResults, AdamWStep, DType, KernelBuffer } from '../interface.ts';
import { checkAdamW, checkSquareSum } from '../optimiserChecks.ts';
import { valuesOf } from './memory.ts';

function rounding(dtype: DType): (x: number) => number {
  return dtype === 'f32' ? Math.fround : (x) => x;
}

/** g = s·gradient, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g·g, u = −η·((m·c₁)/(√(v·c₂) + ε) + λ·p) with c = 1/(1 − βᵗ). */
export function adamw(
  operands: readonly AdamWOperands[],
  out: readonly AdamWResults[],
  step: AdamWStep,
): void {
  checkAdamW(operands, out, step.scale);
  for (const [i, own] of operands.entries()) one(own, out[i]!, step);
}

function one(
  { gradient, mean, square, parameter, decay }: AdamWOperands,
  out: AdamWResults,
  { beta1, beta2, epsilon, rate, t, scale }: AdamWStep,
): void {
  const rounded = rounding(out.update.dtype);
  const [g, m, v, p] = [gradient, mean, square, parameter].map(valuesOf);
  const [u, mOut, vOut] = [out.update, out.mean, out.square].map(valuesOf);
  const factor = scale === undefined ? 1 : valuesOf(scale)[0]!;
  const [b1, b2, r1, r2] = [beta1, beta2, 1 - beta1, 1 - beta2].map(rounded) as [
    number,
    number,
    number,
    number,
  ];
  const [c1, c2] = [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)].map(rounded) as [number, number];
  for (let i = 0; i < u!.length; i++) {
    const along = rounded(g![i]! * factor);
    mOut![i] = rounded(m![i]! * b1) + rounded(along * r1);
    vOut![i] = rounded(v![i]! * b2) + rounded(rounded(along * along) * r2);
    const root = rounded(Math.sqrt(rounded(vOut![i]! * c2)));
    let step = rounded(rounded(mOut![i]! * c1) / rounded(root + rounded(epsilon)));
    if (decay > 0) step = rounded(step + rounded(p![i]! * rounded(decay)));
    u![i] = step * rounded(-rate);
  }
}

/** out = Σ_i Σ_j operands[i][j]². A sum within an operand is taken in float64 and rounded once, as in reduce. */
export function squareSum(operands: readonly KernelBuffer[], out: KernelBuffer): void {
  checkSquareSum(operands, out);
  const rounded = rounding(out.dtype);
  let total = 0;
  for (const operand of operands) {
    let sum = 0;
    for (const x of valuesOf(operand)) sum += rounded(x * x);
    total = rounded(total + rounded(sum));
  }
  valuesOf(out)[0] = total;
}
