// A step of AdamW as a plain loop, every operation rounded to the element type.
import { checkElementwise } from '../checks.ts';
import type { AdamWOperands, AdamWResults, AdamWStep } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g·g, u = −η·((m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + ε) + λ·p). */
export function adamw(
  { gradient, mean, square, parameter }: AdamWOperands,
  out: AdamWResults,
  { beta1, beta2, epsilon, decay, rate, t }: AdamWStep,
): void {
  checkElementwise('adamw', out.update, gradient, mean, square, parameter, out.mean, out.square);
  const rounded: (x: number) => number = out.update.dtype === 'f32' ? Math.fround : (x) => x;
  const [g, m, v, p] = [gradient, mean, square, parameter].map(valuesOf);
  const [u, mOut, vOut] = [out.update, out.mean, out.square].map(valuesOf);
  const [b1, b2, r1, r2] = [beta1, beta2, 1 - beta1, 1 - beta2].map(rounded) as [
    number,
    number,
    number,
    number,
  ];
  const [c1, c2] = [1 - beta1 ** t, 1 - beta2 ** t].map(rounded) as [number, number];
  for (let i = 0; i < u!.length; i++) {
    const along = g![i]!;
    mOut![i] = rounded(m![i]! * b1) + rounded(along * r1);
    vOut![i] = rounded(v![i]! * b2) + rounded(rounded(along * along) * r2);
    const root = rounded(Math.sqrt(rounded(vOut![i]! / c2)));
    let step = rounded(rounded(mOut![i]! / c1) / rounded(root + rounded(epsilon)));
    if (decay > 0) step = rounded(step + rounded(p![i]! * rounded(decay)));
    u![i] = step * rounded(-rate);
  }
}
